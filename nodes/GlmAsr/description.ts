import type { INodeProperties } from 'n8n-workflow';

export const audioOperations: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['audio'] } },
	options: [
		{
			name: 'Inspect',
			value: 'inspect',
			description: 'Read format and duration; nothing is sent',
			action: 'Inspect audio',
		},
		{
			name: 'Transcribe',
			value: 'transcribe',
			description: 'Turn speech into text and timed segments',
			action: 'Transcribe audio',
		},
	],
	default: 'transcribe',
};

const forTranscribe = { show: { resource: ['audio'], operation: ['transcribe'] } };

export const audioFields: INodeProperties[] = [
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the input binary field that holds the recording',
		description:
			'One field, several separated by commas, or <code>*</code> for every binary field that holds audio, whatever it is called. An expression may also yield the binary object itself.',
		displayOptions: { show: { resource: ['audio'] } },
	},
	{
		displayName: 'Model',
		name: 'model',
		type: 'resourceLocator',
		default: { mode: 'list', value: 'glm-asr-2512' },
		required: true,
		description: 'The model that recognises the speech',
		displayOptions: forTranscribe,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchModels', searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. glm-asr' },
		],
	},
	{
		displayName: 'Stream',
		name: 'stream',
		type: 'boolean',
		default: false,
		description:
			'Whether to output an item for every piece of text as it was recognised, and last an item with the whole result',
		displayOptions: forTranscribe,
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: forTranscribe,
		options: [
			{
				displayName: 'Concurrency',
				name: 'concurrency',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 4,
				description:
					'How many requests run at a time at most, for all items of a run together; fewer while the service takes no more. All executions with the same key share what it takes.',
			},
			{
				displayName: 'Enable Streaming',
				name: 'enableStreaming',
				type: 'boolean',
				default: true,
				description:
					'Whether words are sent on live when the execution itself is streaming (a Webhook or Chat trigger that responds with "Streaming")',
			},
			{
				displayName: 'Hotwords',
				name: 'hotwords',
				type: 'string',
				default: '',
				placeholder: 'e.g. n8n, Zhipu, GLM',
				description: 'Names and terms to listen for, separated by commas, at most 100',
			},
			{
				displayName: 'Keep Binary',
				name: 'keepBinary',
				type: 'boolean',
				default: false,
				description: "Whether the output keeps the input's binary fields",
			},
			{
				displayName: 'Language',
				name: 'language',
				type: 'string',
				default: '',
				placeholder: 'e.g. en',
				description: 'The spoken language; only sent to a custom server',
			},
			{
				displayName: 'Max Chunk Seconds',
				name: 'maxChunkSeconds',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					"The longest piece that is sent in one request, in seconds; the model's own limit holds, too, and is meant by 0. Shorter pieces give finer segments where the service sends none.",
			},
			{
				displayName: 'Max Minutes',
				name: 'maxMinutes',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'The longest recording that is transcribed, in minutes; a longer one is an error, as each piece costs a request. 0 allows ten times what any usual file of its size holds, at least 10 minutes.',
			},
			{
				displayName: 'Max Recordings',
				name: 'maxRecordings',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 100,
				description:
					'How many recordings an item may bring; one that brings more is refused before anything is sent',
			},
			{
				displayName: 'Max Retries',
				name: 'maxRetries',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 10, numberPrecision: 0 },
				default: 4,
				description:
					'How often a request is made again that failed in a way that may pass, such as a broken connection; a service that is busy or restarts is waited for besides',
			},
			{
				displayName: 'On Piece Error',
				name: 'onPieceError',
				type: 'options',
				options: [
					{
						name: 'Fail',
						value: 'fail',
						description: 'The recording fails; the error has the text of all other pieces',
					},
					{
						name: 'Mark the Gap',
						value: 'mark',
						description: 'The text of all other pieces is the result, with the gap marked in it',
					},
				],
				default: 'fail',
				description: 'What to do when a piece of a long recording cannot be transcribed',
			},
			{
				displayName: 'Prompt',
				name: 'prompt',
				type: 'string',
				typeOptions: { rows: 3 },
				default: '',
				description: 'Context that helps the recognition, fewer than 8000 characters',
			},
			{
				displayName: 'Request ID',
				name: 'requestId',
				type: 'string',
				default: '',
				description:
					'Your own ID for the request; it must never repeat; at most 128 characters. Made when empty.',
			},
			{
				displayName: 'Subtitles',
				name: 'subtitles',
				type: 'options',
				options: [
					{ name: 'None', value: 'none' },
					{ name: 'SRT (SubRip)', value: 'srt' },
					{ name: 'VTT (WebVTT)', value: 'vtt' },
				],
				default: 'none',
				description:
					'Whether the output gets a binary field <code>subtitles</code>, and in which format',
			},
			{
				displayName: 'Temperature',
				name: 'temperature',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
				default: 0,
				description: 'Randomness of the recognition, from 0 to 1; the service decides when not set',
			},
			{
				displayName: 'Timeout',
				name: 'timeout',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'The longest a request may go without progress, which is a status or words, in seconds; 0 stands for 300',
			},
			{
				displayName: 'User ID',
				name: 'userId',
				type: 'string',
				default: '',
				description: 'The ID of your end user, 6 to 128 characters',
			},
		],
	},
];
