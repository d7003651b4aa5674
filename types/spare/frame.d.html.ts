/** The document of the frame: frame.html with its two scripts in it (building/spare.py). */
declare const document: string;
export default document;
