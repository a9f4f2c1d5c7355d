/** Our own codes, for what has none from the service or the network, and what each says. */
export const OWN_CODES = {
	no_audio: 'What came in holds no recording where the node looks for one.',
	too_many_recordings: 'One item or message brings more recordings than the node takes.',
	foreign_audio: 'n8n: the file belongs to another workflow or execution.',
	empty_audio: 'The recording has no bytes.',
	not_audio: 'The bytes are something else.',
	unsupported_audio: 'The recording is of a kind that cannot be read, or has no sound.',
	damaged_audio: 'The recording contradicts itself, or most of it is missing.',
	unreadable_audio: 'The bytes of the recording could not be read where they are stored.',
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
	unexpected: 'Any other error: one of n8n itself, or a fault that nobody foresaw.',
} as const;

export type OwnCode = keyof typeof OWN_CODES;
