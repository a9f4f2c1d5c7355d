export { findFirstFrame } from './frames';
export { inspectMp3 } from './inspect';
