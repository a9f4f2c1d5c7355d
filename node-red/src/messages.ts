import type { NodeMessage } from 'node-red';

import { GlmAsrError, inputError, shownValue, type TranscriptionEvent } from '../../core';

type Done = Extract<TranscriptionEvent, { type: 'transcript.text.done' }>;

/** What core's `RED.util` does for messages. */
export interface MessageTools {
	cloneMessage(msg: NodeMessage): NodeMessage;
	getMessageProperty(msg: NodeMessage, property: string): unknown;
	setMessageProperty(msg: NodeMessage, property: string, value: unknown): boolean;
	generateId(): string;
}

/** `msg.parts`: where a message is in a sequence, as Split and Join know it. */
interface Parts {
	id: string;
	index: number;
	count?: number;
	type: 'array' | 'string';
	ch?: '';
	/** The sequence the message was in before. */
	parts?: unknown;
}

/** Where a recording is among several of one message. */
export interface SequencePosition {
	/** Of the sequence that the results make. */
	id: string;
	index: number;
	count: number;
}

/** Makes the messages that follow from one input message. */
export class Carrier {
	private template: NodeMessage | undefined;

	constructor(
		readonly original: NodeMessage,
		private readonly property: string,
		private readonly tools: MessageTools,
	) {}

	newId(): string {
		return this.tools.generateId();
	}

	/** A copy of the message without the audio. */
	copy(changes: NodeMessage): NodeMessage {
		this.template ??= this.withoutAudio();
		return { ...this.tools.cloneMessage(this.template), ...changes };
	}

	/** A copy of the message with one recording in place of all. */
	copyWith(recording: unknown, changes: NodeMessage): NodeMessage {
		const copy = this.copy({});
		this.put(copy, recording);
		return Object.assign(copy, changes);
	}

	/** Changes the message itself into what {@link copyWith} makes. */
	reduceTo(recording: unknown, changes: NodeMessage): NodeMessage {
		this.put(this.original, recording);
		return Object.assign(this.original, changes);
	}

	private put(msg: NodeMessage, recording: unknown): void {
		if (recording !== undefined) this.tools.setMessageProperty(msg, this.property, recording);
	}

	/** The audio is taken out before the copy is made, so that it is never copied. */
	private withoutAudio(): NodeMessage {
		const { original, property, tools } = this;
		const audio = valueAt(original, property, tools);
		if (audio !== undefined) tools.setMessageProperty(original, property, null);
		const copy = tools.cloneMessage(original);
		if (audio !== undefined) {
			tools.setMessageProperty(original, property, audio);
			tools.setMessageProperty(copy, property, undefined);
		}
		// Left over from a node before, these would end a sequence in a Join or drop it.
		delete copy.complete;
		delete copy.reset;
		return copy;
	}
}

/** The value of a property, undefined also where its parent is missing. */
export function valueAt(
	msg: NodeMessage,
	property: string,
	tools: Pick<MessageTools, 'getMessageProperty'>,
): unknown {
	try {
		return tools.getMessageProperty(msg, property);
	} catch (error) {
		if (error instanceof TypeError) return undefined;
		throw inputError(
			'invalid_parameter',
			`The node looks at ${shownValue(`msg.${property}`)}, which is no name of a property.`,
			'Correct it in the node, for example to msg.payload.',
		);
	}
}

/** The messages about one of a message's recordings. */
export class RecordingMessages {
	private readonly streamId: string;
	private deltas = 0;
	private text = '';

	/**
	 * @param position a single recording has none
	 * @param value the recording as the message held it, where failed messages are to show it
	 */
	constructor(
		private readonly carrier: Carrier,
		private readonly position?: SequencePosition,
		private readonly value?: unknown,
	) {
		this.streamId = carrier.newId();
	}

	/** A few words. */
	delta(words: string): NodeMessage {
		this.text += words;
		return this.carrier.copy({
			payload: words,
			text: this.text,
			parts: this.streamParts(this.deltas++),
		});
	}

	/** The end of a stream; its empty payload leaves a Join the text that the deltas make. */
	streamEnd({ transcription, subtitles }: Done): NodeMessage {
		return this.carrier.copy({
			payload: '',
			text: transcription.text,
			parts: { ...this.streamParts(this.deltas), count: this.deltas + 1 },
			complete: true,
			segments: transcription.segments,
			transcription,
			...(subtitles === undefined ? {} : { subtitles }),
		});
	}

	/** The whole at once: in the same message, if that held no other recording. */
	result({ transcription, subtitles }: Done): NodeMessage {
		const changes = {
			payload: transcription.text,
			segments: transcription.segments,
			transcription,
			...(subtitles === undefined ? {} : { subtitles }),
		};
		return this.position
			? this.carrier.copy({ ...changes, parts: this.arrayParts() })
			: Object.assign(this.carrier.original, changes);
	}

	/** A message of its own for a failure, with this recording alone. */
	failed(thrown: unknown): NodeMessage {
		return this.carrier.copyWith(this.value, this.failedChanges(thrown));
	}

	/** The original message turned into what {@link failed} makes, as nothing else needs it any more. */
	failedOriginal(thrown: unknown): NodeMessage {
		return this.carrier.reduceTo(this.value, this.failedChanges(thrown));
	}

	/** With `parts` a Change node can set `reset` and so free a Join that waits for the rest. */
	private failedChanges(thrown: unknown): NodeMessage {
		const { partialText, missing } =
			thrown instanceof GlmAsrError ? thrown : { partialText: '', missing: [] };
		const text = partialText || this.text;
		return {
			...(text === '' ? {} : { text }),
			...(missing.length === 0 ? {} : { missing }),
			...(this.deltas > 0
				? { parts: this.streamParts(this.deltas) }
				: this.position && { parts: this.arrayParts() }),
		};
	}

	private streamParts(index: number): Parts {
		return {
			id: this.streamId,
			index,
			type: 'string',
			ch: '',
			...nested(this.position ? this.arrayParts() : this.carrier.original.parts),
		};
	}

	private arrayParts(): Parts | undefined {
		return (
			this.position && { ...this.position, type: 'array', ...nested(this.carrier.original.parts) }
		);
	}
}

function nested(parts: unknown): { parts?: unknown } {
	return parts === undefined ? {} : { parts };
}
