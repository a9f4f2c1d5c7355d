export { cutMp3 } from '../formats/mp3/cut';
export { cutPcm } from './pcm';
export type { Limits, Piece } from './piece';
export { cutWav } from '../formats/wav/cut';
