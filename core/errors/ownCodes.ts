/** Our own codes, for what has none from the service or the network, and what each says. */
export const OWN_CODES = {
	no_audio: 'What came in holds no recording where the node looks for one.',
	empty_audio: 'The recording has no bytes.',
	not_audio: 'The bytes are something else.',
	unsupported_audio: 'The recording is of a kind that cannot be read, or has no sound.',
	damaged_audio: 'The recording contradicts itself, or most of it is missing.',
	audio_too_long: 'The recording is longer than a node takes.',
	over_max_minutes:
		'The recording is longer than `maxMinutes` allows, or than any file of its size is.',
	longer_than_stated: 'The recording goes on far beyond the length that it states.',
	invalid_parameter: 'An option, a credential or a setting of the node is wrong.',
	service_error: 'The service reported an error and gave no code.',
	bad_answer: 'The service answered something that is no transcript.',
	incomplete_answer: 'The answer broke off.',
	network_error: 'The request got no answer, and the network gave no code.',
	too_many_messages: 'Node-RED: too many messages wait already.',
	unexpected: 'n8n: any other error, for example one of n8n itself.',
} as const;

export type OwnCode = keyof typeof OWN_CODES;
