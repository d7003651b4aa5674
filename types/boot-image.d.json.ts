declare const about: AboutImage;
export default about;
