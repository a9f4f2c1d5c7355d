import type { About } from './about';
import { Keypad } from './keypad';
import { transcribeLive, type Done, type Recording } from './live';
import { startRecorder, type Recorder } from './recorder';

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

const cancelButton = element<HTMLButtonElement>('cancel');
const dropZone = element('drop');
const fileInput = element<HTMLInputElement>('file');
const keypadGroup = element<HTMLFieldSetElement>('keypad');
const modelSelect = element<HTMLSelectElement>('model');
const recordButton = element<HTMLButtonElement>('record');
const sendDialled = element<HTMLButtonElement>('send-dialled');
const clearDialled = element<HTMLButtonElement>('clear-dialled');
const words = element('words');

const about = (await (await fetch('/transcribe/about.json')).json()) as About;

type State = 'idle' | 'recording' | 'busy';
let state: State = 'idle';
/** Cancels what goes on. */
let cancellation = new AbortController();
/** Ends the recording that goes on, and sends it. */
let finishRecording: (() => void) | undefined;

function enter(next: State, status: string): void {
	state = next;
	document.body.dataset.state = next;
	say(status);
	element('record-label').textContent = next === 'recording' ? 'Stop and transcribe' : 'Record';
	element('recording').hidden = next !== 'recording';
	const wasFocused = document.activeElement;
	recordButton.disabled = next === 'busy';
	for (const control of [fileInput, modelSelect, keypadGroup]) control.disabled = next !== 'idle';
	cancelButton.hidden = next === 'idle';
	// A control that is disabled or hidden loses the focus, and with it the user's place.
	if (next === 'busy' && wasFocused !== document.body) cancelButton.focus();
	if (next === 'idle' && wasFocused === cancelButton) {
		(keypadGroup.hidden ? recordButton : sendDialled).focus();
	}
}

/** Screen readers speak every change. */
function say(status: string): void {
	const place = element('status');
	if (place.textContent !== status) place.textContent = status;
}

function begin(next: State, status: string): AbortSignal {
	cancellation = new AbortController();
	showError('');
	words.replaceChildren();
	element('warnings').replaceChildren();
	element('segments').hidden = true;
	enter(next, status);
	element('result').scrollIntoView({ block: 'nearest', behavior: 'smooth' });
	return cancellation.signal;
}

function fail(error: unknown): void {
	const isCancelled = cancellation.signal.aborted;
	if (!isCancelled) showError((error as Error).message);
	enter('idle', isCancelled ? 'Cancelled' : '');
}

function showError(sentence: string): void {
	element('error').textContent = sentence;
	element('error').hidden = sentence === '';
}

/** Sends audio and shows its words while they arrive, then its segments. */
async function transcribe(audio: Blob, filename: string): Promise<void> {
	const signal = begin('busy', 'Sending…');
	const recording: Recording = { audio, filename, model: modelSelect.value };
	try {
		if (audio.size > about.maxBytes) {
			throw new Error(
				`"${filename}" has ${megabytes(audio.size)}, and more than ${megabytes(about.maxBytes)} cannot be sent at once: send it in parts, or as MP3.`,
			);
		}
		const done = await transcribeLive(recording, addWords, signal);
		show(done);
		enter('idle', done.text === '' ? 'Nothing was heard.' : '');
	} catch (error) {
		fail(error);
	}
}

function addWords(delta: string): void {
	say('Hearing…');
	const span = document.createElement('span');
	span.textContent = delta;
	words.append(span);
}

function show({ text, segments, warnings }: Done): void {
	if (words.textContent !== text) words.textContent = text;
	element('warnings').replaceChildren(...warnings.map((warning) => make('li', warning)));
	const table = element<HTMLTableElement>('segments');
	table.hidden = segments.length === 0;
	table.tBodies[0]?.replaceChildren(
		...segments.map((segment) => {
			const row = document.createElement('tr');
			const times = [segment.start, segment.end].map(clock);
			row.append(...[...times, segment.text].map((cell) => make('td', cell)));
			return row;
		}),
	);
}

function make(tag: string, text: string): HTMLElement {
	const made = document.createElement(tag);
	made.textContent = text;
	return made;
}

function megabytes(bytes: number): string {
	return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}

function clock(seconds: number): string {
	const minutes = Math.floor(seconds / 60);
	return `${minutes}:${(seconds - minutes * 60).toFixed(2).padStart(5, '0')}`;
}

async function record(): Promise<void> {
	const { maxSeconds = 30 } = about.models.find(({ id }) => id === modelSelect.value) ?? {};
	const signal = begin('recording', 'Waiting for the microphone…');
	const onSound = (seconds: number, level: number) => {
		say('Recording…');
		element('time').textContent = `${Math.floor(seconds)} / ${maxSeconds} s`;
		element<HTMLMeterElement>('level').value = level;
		if (seconds >= maxSeconds - STOP_EARLY_SECONDS) finishRecording?.();
	};
	let recorder: Recorder | undefined;
	try {
		recorder = await startRecorder(!about.isLocal, onSound);
		await new Promise<void>((resolve, reject) => {
			finishRecording = resolve;
			signal.addEventListener('abort', () => reject(signal.reason as Error));
			signal.throwIfAborted();
		});
		await transcribe(await recorder.finish(), 'recording.wav');
	} catch (error) {
		recorder?.discard();
		fail(error);
	} finally {
		finishRecording = undefined;
	}
}

/** So that resampling cannot make the recording longer than the limit. */
const STOP_EARLY_SECONDS = 0.05;

function transcribeFile(file: File | undefined): void {
	if (file && state === 'idle') void transcribe(file, file.name);
}

recordButton.onclick = () => {
	if (state === 'recording') finishRecording?.();
	else void record();
};
cancelButton.onclick = () => cancellation.abort(new Error('cancelled'));

fileInput.onchange = () => {
	transcribeFile(fileInput.files?.[0]);
	// So that the same file can be chosen again.
	fileInput.value = '';
};
document.ondragover = (event) => {
	event.preventDefault();
	dropZone.classList.add('over');
};
document.ondragleave = (event) => {
	if (!event.relatedTarget) dropZone.classList.remove('over');
};
document.ondrop = (event) => {
	event.preventDefault();
	dropZone.classList.remove('over');
	transcribeFile(event.dataTransfer?.files[0]);
};

for (const { id, maxSeconds } of about.models) {
	modelSelect.append(new Option(`${id} (up to ${maxSeconds} s at once)`, id));
}
modelSelect.value = about.model;

const showDialled = (dialled: string) => {
	element('dialled').textContent = dialled;
	sendDialled.disabled = clearDialled.disabled = dialled === '';
};
const keypad = new Keypad(keypadGroup, element('keys'), showDialled);
sendDialled.onclick = () => void transcribe(keypad.recording(), 'dialled.wav');
clearDialled.onclick = () => keypad.clear();
keypad.clear();

element('notice').hidden = !about.isLocal;
recordButton.classList.toggle('primary', !about.isLocal);
keypadGroup.hidden = !about.isLocal;
enter('idle', '');
