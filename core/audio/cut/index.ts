export { cutMp3 } from './mp3';
export { cutPcm } from './pcm';
export type { Limits, Piece } from './piece';
export { cutWav } from './wav';
