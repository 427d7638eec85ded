/** A film in the media store. */
export interface Asset {
  name: string;
  bytes: number;
  seconds: number;
  width: number;
  height: number;
}
