/** What boot_image_maker.py knows of the image. */
declare const about: { length: number; codeHash: string };
export default about;
