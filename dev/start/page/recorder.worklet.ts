// The part of the audio worklet's scope that TypeScript's own library lacks.
declare abstract class AudioWorkletProcessor {
	readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Hands on every block of samples that comes in. */
class RecorderProcessor extends AudioWorkletProcessor {
	process([input]: Float32Array[][]): boolean {
		const channel = input?.[0];
		if (channel) this.port.postMessage(channel.slice());
		return true;
	}
}

registerProcessor('recorder', RecorderProcessor);
