import { generated, OUTPUT } from './programs';

const TEXT = 'Seven, three, nine, zero. Six sizzling sausages hissed.';

/** Speech with pauses: 48 kHz, mono, 16 bits, about 5 s. */
export function speech(): string {
	const said = generated(['espeak-ng', '-s', '150', '-w', OUTPUT, TEXT], 'wav');
	return generated(['sox', '-R', said, '-r', '48000', OUTPUT, 'gain', '-n', '-4'], 'wav');
}

/** Speech in loud hiss: 48 kHz, stereo, 16 bits. */
export function hissing(): string {
	const hiss = generated(
		['sox', '-R', speech(), '-c', '2', OUTPUT, 'synth', 'whitenoise', 'vol', '0.05'],
		'wav',
	);
	const both = ['remix', '1,3', '2,3'];
	return generated(['sox', '-R', '-M', hiss, speech(), OUTPUT, ...both], 'wav');
}

/** Speech on the left, the same later and with noise on the right: 48 kHz, 24 bits, about 5 s. */
export function stereo(): string {
	const noise = generated(
		['sox', '-R', speech(), '-c', '1', OUTPUT, 'synth', 'pinknoise', 'vol', '0.02'],
		'wav',
	);
	const late = generated(
		['sox', '-R', '-m', '-v', '0.6', speech(), '-v', '1', noise, OUTPUT, 'delay', '0.004'],
		'wav',
	);
	return generated(['sox', '-R', '-M', speech(), late, '-b', '24', OUTPUT, 'gain', '-1'], 'wav');
}

/** Knocks of a few milliseconds out of near silence, over a low tone: 48 kHz, stereo, 4 s. */
export function knocks(): string {
	const knock = ['synth', '0.004', 'noise', 'vol', '0.9', 'pad', '0.07', '0.176', 'repeat', '15'];
	const left = generated(['sox', '-R', '-n', '-r', '48000', '-b', '16', OUTPUT, ...knock], 'wav');
	const tone = ['synth', '4', 'sine', '310', 'vol', '0.01'];
	const low = generated(['sox', '-R', '-n', '-r', '48000', '-b', '16', OUTPUT, ...tone], 'wav');
	const mixed = generated(['sox', '-R', '-m', '-v', '1', left, '-v', '1', low, OUTPUT], 'wav');
	return generated(['sox', '-R', '-M', mixed, low, OUTPUT, 'delay', '0', '0.05'], 'wav');
}

/** Six channels, each another part of the speech and of another loudness: 48 kHz, 16 bits. */
export function surround(): string {
	return generated(
		[
			'sox',
			'-R',
			stereo(),
			'-b',
			'16',
			OUTPUT,
			'remix',
			'1',
			'2',
			'1,2',
			'1v0.2',
			'2v0.5',
			'1v0.4',
		],
		'wav',
	);
}

/** A sound as often as it takes for a recording of some length. */
export function repeated(path: string, times: number): string {
	return generated(['sox', '-R', path, OUTPUT, 'repeat', String(times - 1)], 'wav');
}
