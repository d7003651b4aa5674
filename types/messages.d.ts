/** What the page and its workers tell one another, and what each finds in its globals. */

/** What is known of the parts of Python before they arrive: in the page's block of data "parts". */
interface KnownParts extends Record<PartName, KnownPart> {
  /** What Python's worker will import, and is better fetched before. */
  ahead: { address: string }[];
  /** The scripts of labs, by the names of these. */
  scripts: { name: string; address: string }[];
  /** runtime.js as a script; in the single file it stands in an element of its own. */
  runtime?: KnownPart;
}

type PartName = "image" | "wasm" | "library" | "code" | "labs";

interface KnownPart {
  address: string;
  /** In bytes, as it travels. */
  size: number;
}

type Part = ArrayBuffer | WebAssembly.Module;

/** To whoever shows progress: bytes that have arrived, and how many there will be. */
type TellProgress = (arrived: number, total: number) => void;

/** What the page sends its loader: what there is, or a line to whoever wants parts. */
type ToLoader =
  | { parts: KnownParts; atOnce: PartName[]; port?: undefined }
  | { port: MessagePort };

/** What a loader sends the page. */
interface Progress {
  arrived: number;
  total: number;
}

/** What comes over a line to a loader, after the name of a part has gone. */
interface PartAnswer {
  name: PartName;
  part?: Part;
  error?: string;
}

/** What the single file sends its loader. */
interface PartAsText {
  name: PartName;
  size: number;
  /** In base64. */
  text: string;
}

/** What the page sends Python's worker: a line to the loader, and the machine if it has it. */
type ToRuntime =
  | { to: "runtime"; port: MessagePort; machine?: undefined }
  | { to: "runtime"; port?: undefined; machine: WebAssembly.Module | null };

/** What PyScript sends its worker, and the page through it. */
type ToPyScript = unknown[] | { options: object };

/** What Python's worker sends the page: what Python asks for, or a wish for a line to the loader. */
type FromPython = string | { wants: "loader" };

/** Where the page is: what hosted.js and the single file do in their own ways. */
interface Place {
  /** Whether nothing has to be fetched, so that Python need not wait for the page to be painted. */
  isAtHand: boolean;
  watchProgress(show: TellProgress): void;
  labs: LabsAtHand;
  started?(): void;
  start(page: PageForPython): Promise<void>;
}

/** Where the labs come from: their Python, and the script of one, if it has any. */
interface LabsAtHand {
  archive(): Promise<ArrayBuffer>;
  script(lab: string): Promise<LabScript | null>;
}

/** The script of a lab: it sends gestures of its lab, and hears what that tells it. */
interface LabScript {
  open(
    send: (name: string, fields: Record<string, string>, attached?: ArrayBuffer) => void,
  ): { hear(text: string): void; close?(): void };
}

/** What a place may do with the page while it starts Python. */
interface PageForPython {
  connect(line: {
    postMessage(parts: (string | ArrayBuffer)[], transfer: ArrayBuffer[]): void;
  }): void;
  hear(text: string): void;
  fail(reason: string): void;
}

/** What Python's worker may have of the page: the machine, once made, and lines to a loader. */
interface Supply {
  machine(): Promise<WebAssembly.Module | null>;
  line(): MessagePort;
}

/** A function that gives a part by its name, once each. */
type Take = (name: PartName) => Promise<Part>;

/** What boot_image_maker.py knows of the boot image. */
interface AboutImage {
  /** Of the image as it is unpacked, in bytes. */
  length: number;
  hash: number;
  /** How many bytes of memory the machine is to have. */
  memory: number;
  codeHash: string;
  /** What Pyodide kept outside that memory: names of JavaScript objects that Python knows. */
  state: object;
}

/** Of Pyodide's machine and of its settings, what an image needs. */
interface Machine {
  HEAPU8: Uint8Array;
}
interface Settings {
  API: { restoreSnapshot(snapshot: Uint8Array): object };
}

/** What a Python that can be thrown away is made of, as bytes; without the image, our code is there. */
interface SpareParts {
  image?: ArrayBuffer | undefined;
  library?: ArrayBuffer | undefined;
  labs?: ArrayBuffer | undefined;
  code?: ArrayBuffer | undefined;
}

/** What the page hands to the frame of such a Python, and a port over which it asks for another. */
interface SpareMaterial {
  port: MessagePort;
  /** A text of Python that has a function “answer”. */
  program: string;
  /** Not compiled: that goes to no other origin. */
  machine: ArrayBuffer;
  /** What runtime.js does, as a script. */
  runtime: string;
  parts: SpareParts;
}

/** What the frame hands to a worker: all that, and the line to whoever asks. */
interface SpareBeginning {
  line: MessagePort;
  program: string;
  wasm: WebAssembly.Module;
  runtime: string;
  parts: SpareParts;
}

/** What comes over that line: once that Python is ready, then how it is with each text that it got. */
interface FromSpare {
  isReady?: true;
  hasBegun?: true;
  told?: string;
  answer?: string;
  /** Python has stopped for good; why. */
  broken?: string;
}

/** What a person did before the page's scripts ran. */
type FirstGesture = { event: Event; control: HTMLElement };
/** Takes what was kept by then; from then on nothing is kept. */
declare var esbankFirstGestures: (() => FirstGesture[]) | undefined;

/** What early.js has begun, where the page has been before; null where it came too late. */
declare var esbankEarly:
  | {
      worker: Worker;
      machine: Promise<Response>;
      /** What the worker has said before anybody listened. */
      tellAgain(): void;
    }
  | null
  | undefined;

/** What runtime.js leaves where it is run as a script. */
declare var esbankRuntime: Promise<typeof import("../site/start/runtime.js")>;

/** The single file's scripts find one another here. */
declare var esbankParts: {
  take: Take;
  watchProgress(show: TellProgress): void;
  /** A part stands in the page: said by a line of script behind it. */
  hasRead(name: PartName): void;
};
/** Python's worker, once it has begun; null where there is none. */
declare var esbankPython: Promise<Worker | null>;
declare var esbankTake: Take | undefined;
declare var esbank: { line: MessagePort };

/** What the build puts before the service worker. */
declare var BUILD: { version: string; files: string[] };
