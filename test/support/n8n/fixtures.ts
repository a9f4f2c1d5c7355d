import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { toneSamples, wavBytes } from '../../../dev/service/tones';
import type { TestFile } from './engine';

/** The key of every test's credential; it must come back nowhere. */
export const API_KEY = 'key-3f9c1a.that-must-not-leak';

export function credentialFor(url: string): ICredentialDataDecryptedObject {
	return { platform: 'custom', baseUrl: url, apiKey: API_KEY };
}

/** A WAV in which digits are dialled. */
export function dialled(digits: string, fileName = 'memo.wav'): TestFile {
	const { samples, sampleRate } = toneSamples(digits);
	return { bytes: wavBytes(samples, sampleRate), fileName, mimeType: 'audio/wav' };
}

export const PDF: TestFile = {
	bytes: Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'),
	fileName: 'invoice.pdf',
	mimeType: 'application/pdf',
};

/** The node's parameters as the editor saves them. */
export function parameters({
	model = 'glm-asr',
	...rest
}: { model?: string } & IDataObject = {}): IDataObject {
	return {
		binaryPropertyName: 'data',
		model: { __rl: true, mode: 'id', value: model },
		stream: false,
		options: {},
		...rest,
	};
}
