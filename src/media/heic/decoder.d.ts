/** The part of heic-decode 2.1 that is used; the package has no types of its own. Sizes are pixels, upright; `data` is RGBA. */
declare module 'heic-decode' {
  interface Decodable {
    width: number;
    height: number;
    decode(): Promise<{ width: number; height: number; data: Uint8ClampedArray }>;
  }
  const decode: { all(file: { buffer: Uint8Array }): Promise<Decodable[]> };
  export default decode;
}

/** What Node has and its types lack: the memory of WebAssembly programs. `grow` takes pages of 64 KiB and returns how many there were. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  const Memory: { readonly prototype: Memory };
}
