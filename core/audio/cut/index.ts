export { cutPcm } from './pcm';
export type { Limits, Piece } from './piece';
