import { wavBytes } from '../../service/tones';

/** What the models are made for; more only makes the upload longer. */
const SAMPLE_RATE = 16000;

/** A recording that goes on. */
export interface Recorder {
	/** Ends it and gives a mono WAV file of 16 kHz and 16 bits. */
	finish(): Promise<Blob>;
	/** Ends it for nothing. */
	discard(): void;
}

/**
 * Records from the microphone.
 *
 * @param isSpeech whether the browser may clean the sound up, which takes telephone tones for noise
 * @param onSound told of the seconds recorded so far and of the loudness of the latest, 0 to 1
 * @throws Error with a sentence when there is no microphone, or it may not be used
 */
export async function startRecorder(
	isSpeech: boolean,
	onSound: (seconds: number, level: number) => void,
): Promise<Recorder> {
	const stream = await openMicrophone(isSpeech);
	const context = new AudioContext();
	const blocks: Float32Array[] = [];
	let count = 0;
	const close = () => {
		for (const track of stream.getTracks()) track.stop();
		if (context.state !== 'closed') void context.close();
	};
	try {
		await context.audioWorklet.addModule('/transcribe/recorder.worklet.js');
	} catch (error) {
		close();
		throw error;
	}
	const worklet = new AudioWorkletNode(context, 'recorder', {
		numberOfOutputs: 0,
		channelCount: 1,
		channelCountMode: 'explicit',
	});
	worklet.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
		blocks.push(data);
		count += data.length;
		onSound(count / context.sampleRate, Math.max(...data.map(Math.abs)));
	};
	context.createMediaStreamSource(stream).connect(worklet);
	return {
		finish: () => {
			close();
			return toSpeechWav(blocks, context.sampleRate);
		},
		discard: close,
	};
}

async function openMicrophone(isSpeech: boolean): Promise<MediaStream> {
	if (!('mediaDevices' in navigator)) {
		throw new Error('The browser lets pages record only over https or from localhost.');
	}
	try {
		return await navigator.mediaDevices.getUserMedia({
			audio: {
				channelCount: 1,
				echoCancellation: isSpeech,
				noiseSuppression: isSpeech,
				autoGainControl: isSpeech,
			},
		});
	} catch (error) {
		throw new Error(explain(error as DOMException));
	}
}

function explain({ name, message }: DOMException): string {
	if (name === 'NotAllowedError') {
		return 'The browser does not let this page use the microphone: allow it in the address bar.';
	}
	if (name === 'NotFoundError') return 'There is no microphone: connect one, or choose a file.';
	return `The microphone cannot be used: ${message}`;
}

async function toSpeechWav(blocks: Float32Array[], sampleRate: number): Promise<Blob> {
	const length = blocks.reduce((sum, block) => sum + block.length, 0);
	if (length === 0) throw new Error('The microphone gave no sound.');
	const samples = new Float32Array(length);
	let offset = 0;
	for (const block of blocks) {
		samples.set(block, offset);
		offset += block.length;
	}
	// Decoding resamples with a filter; playing a buffer at another rate would not.
	const { buffer } = wavBytes(samples, sampleRate);
	const decoded = await new OfflineAudioContext(1, 1, SAMPLE_RATE).decodeAudioData(buffer);
	return wavBlob(decoded.getChannelData(0), SAMPLE_RATE);
}

/** A WAV file of 16 bits. */
export function wavBlob(samples: Float32Array, sampleRate: number): Blob {
	return new Blob([wavBytes(samples, sampleRate)], { type: 'audio/wav' });
}
