/** Makes the recordings beside it, once; they are committed. The sentence needs espeak-ng and sox. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { toneSamples, wavBytes } from '../../service/tones';

const { samples, sampleRate } = toneSamples('123 456 7890 *#', {
	toneSeconds: 0.2,
	gapSeconds: 0.12,
	pauseSeconds: 0.9,
});
writeFileSync(path.join(__dirname, 'digits.wav'), wavBytes(samples, sampleRate));

const said = execFileSync('espeak-ng', [
	...['-s', '150', '--stdout'],
	'The quick brown fox jumps over the lazy dog.',
]);
const toWav = ['-t', 'wav', '-', '-b', '16', '-c', '1', path.join(__dirname, 'sentence.wav')];
execFileSync('sox', ['-R', '--ignore-length', ...toWav, 'rate', '16k'], { input: said });
