import { KEYPAD, toneSamples } from '../../service/tones';
import { wavBlob } from './recorder';

/** The columns that telephones have; A to D were for the army's. */
const COLUMNS = 3;
/** A break of this length between two keys is dialled as a pause. */
const PAUSE_MILLISECONDS = 800;

const NAMES: Record<string, string> = { '*': 'star', '#': 'pound' };

/** What was dialled: digits, and a space for each pause. */
export class Keypad {
	private dialled = '';
	private lastKeyAt = 0;
	private context: AudioContext | undefined;

	/**
	 * @param group keys of the keyboard count, too, unless it is hidden or disabled
	 * @param keys gets the buttons
	 * @param onChange told of what has been dialled
	 */
	constructor(
		group: HTMLFieldSetElement,
		keys: HTMLElement,
		private readonly onChange: (dialled: string) => void,
	) {
		for (const digit of KEYPAD.flatMap((row) => [...row.slice(0, COLUMNS)])) {
			const button = document.createElement('button');
			button.type = 'button';
			button.textContent = digit;
			if (NAMES[digit]) button.ariaLabel = NAMES[digit];
			button.dataset.digit = digit;
			button.onclick = () => this.dial(digit);
			keys.append(button);
		}
		document.addEventListener('keydown', (event) => {
			const isOff = group.hidden || group.disabled || event.target instanceof HTMLSelectElement;
			const isOther = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
			if (!isOff && !isOther && /^[\d*#]$/.test(event.key)) this.dial(event.key);
		});
	}

	clear(): void {
		this.dialled = '';
		this.onChange('');
	}

	/** The tones as a WAV file. */
	recording(): Blob {
		const { samples, sampleRate } = toneSamples(this.dialled);
		return wavBlob(samples, sampleRate);
	}

	private dial(digit: string): void {
		const now = performance.now();
		const isAfterPause = this.dialled !== '' && now - this.lastKeyAt > PAUSE_MILLISECONDS;
		this.lastKeyAt = now;
		this.dialled += isAfterPause ? ` ${digit}` : digit;
		this.play(digit);
		this.onChange(this.dialled);
	}

	private play(digit: string): void {
		// Browsers allow sound only after the first key.
		this.context ??= new AudioContext();
		const tone = toneSamples(digit, { toneSeconds: 0.15, lead: 0, tail: 0, level: 0.2 });
		const buffer = this.context.createBuffer(1, tone.samples.length, tone.sampleRate);
		buffer.getChannelData(0).set(tone.samples);
		const source = this.context.createBufferSource();
		source.buffer = buffer;
		source.connect(this.context.destination);
		source.start();
	}
}
