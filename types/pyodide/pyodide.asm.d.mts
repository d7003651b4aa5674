/** Makes the machine: Emscripten's own. */
export default function createPyodideModule(settings: object): Promise<Machine>;
