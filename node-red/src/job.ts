import { setMaxListeners } from 'node:events';

import type { NodeMessage } from 'node-red';

import {
	runAhead,
	transcribe,
	type OptionFields,
	type TranscriptionEvent,
	type TranscriptionOptions,
} from '../../core';
import { findAudio, type FoundAudio } from './audioInputs';
import { shortReason, toNodeError } from './failure';
import {
	Carrier,
	RecordingMessages,
	valueAt,
	type MessageTools,
	type SequencePosition,
} from './messages';
import { optionsFor } from './options';
import type { Service } from './service';
import type { StatusBoard } from './status';

/** What the jobs of a node have in common. */
export interface JobContext {
	/** Of the message, without `msg.`. */
	property: string;
	options: OptionFields;
	/** @throws GlmAsrError when the node has none */
	service(): Service;
	board: StatusBoard;
	tools: MessageTools;
	/** Reports an error that does not end the work on the message. */
	reportError(error: Error, msg: NodeMessage): void;
}

/** How Node-RED learns what became of a message. */
export interface Replies {
	send(msg: NodeMessage): void;
	done(error?: Error): void;
}

/** The work on one recording of the message. */
interface Task {
	events: AsyncIterable<TranscriptionEvent>;
	messages: RecordingMessages;
	isStream: boolean;
}

/** The work on one message. */
export class Job {
	/** Nothing of the message has been sent yet. */
	isWaiting = true;

	private isSettled = false;
	private readonly cancellation = new AbortController();
	private readonly carrier: Carrier;
	/** Of the message among all that wait, and of the sequence of its results. */
	private readonly id: string;
	/** The latest failure is held back: the last one ends the work. */
	private failure: { thrown: unknown; task?: Task } | undefined;

	constructor(
		private readonly context: JobContext,
		private readonly msg: NodeMessage,
		private readonly replies: Replies,
	) {
		this.carrier = new Carrier(msg, context.property, context.tools);
		this.id = this.carrier.newId();
		// Each recording of the message adds a listener, and there may be many.
		setMaxListeners(0, this.cancellation.signal);
	}

	/** Does the work; failures are reported to Node-RED. Results go out in the order of the recordings. */
	async run(): Promise<void> {
		try {
			for (const task of await this.start()) await this.finish(task);
		} catch (thrown) {
			if (!this.isCancelled) this.context.board.fail(shortReason(thrown));
			this.fail(thrown);
		}
		if (!this.isCancelled) this.end();
	}

	/** Ends requests at once; nothing is sent any more. The message counts as dealt with, as in core's delay node. */
	cancel(): void {
		this.cancellation.abort();
		this.settle();
	}

	private get isCancelled(): boolean {
		return this.cancellation.signal.aborted;
	}

	/** Begins with all recordings; how many requests run at a time is up to the service. */
	private async start(): Promise<Task[]> {
		const { property, tools } = this.context;
		const service = this.context.service();
		const options = optionsFor(this.context.options, this.msg.glmAsr);
		const value = valueAt(this.msg, property, tools);
		const found = await findAudio(this.msg, { value, property });
		if (this.isCancelled) return [];
		return found.map((audio, index) => {
			const position = found.length > 1 ? { id: this.id, index, count: found.length } : undefined;
			return this.startTask(audio, service, { ...options, platform: service.platform }, position);
		});
	}

	private startTask(
		{ input, value }: FoundAudio,
		service: Service,
		options: TranscriptionOptions,
		position: SequencePosition | undefined,
	): Task {
		const isUpload = input.property?.startsWith('req.files[');
		return {
			events: runAhead(this.events(input, service, { ...options, requestIdUses: position?.index })),
			messages: new RecordingMessages(
				this.carrier,
				position,
				position && !isUpload ? value : undefined,
			),
			isStream: options.stream ?? false,
		};
	}

	private async *events(
		input: FoundAudio['input'],
		service: Service,
		options: TranscriptionOptions,
	): AsyncGenerator<TranscriptionEvent, void, undefined> {
		const activity = this.context.board.begin();
		try {
			const connection = service.connection({
				id: this.id,
				onTurn: () => {
					this.isWaiting = false;
					activity.sending();
				},
			});
			const { signal } = this.cancellation;
			for await (const event of transcribe(input, options, connection, signal)) {
				if (event.type === 'progress') activity.reach(event.progress);
				else if (event.type === 'transcript.text.delta') activity.hearing();
				yield event;
			}
		} catch (thrown) {
			if (!this.isCancelled) this.context.board.fail(shortReason(thrown));
			throw thrown;
		} finally {
			activity.end();
		}
	}

	private async finish(task: Task): Promise<void> {
		const { events, messages, isStream } = task;
		try {
			for await (const event of events) {
				if (this.isCancelled) return;
				if (event.type === 'transcript.text.delta') {
					if (isStream) this.replies.send(messages.delta(event.delta));
				} else if (event.type === 'transcript.text.done') {
					this.replies.send(isStream ? messages.streamEnd(event) : messages.result(event));
				}
			}
		} catch (thrown) {
			this.fail(thrown, task);
		}
	}

	private fail(thrown: unknown, task?: Task): void {
		if (this.isCancelled) return;
		const before = this.failure;
		this.failure = { thrown, task };
		if (before?.task) {
			this.context.reportError(
				toNodeError(before.thrown),
				before.task.messages.failed(before.thrown),
			);
		}
	}

	private end(): void {
		if (!this.failure) {
			this.settle();
			return;
		}
		this.failure.task?.messages.failedOriginal(this.failure.thrown);
		this.settle(toNodeError(this.failure.thrown));
	}

	/** A reset may come while Node-RED hears of the end. */
	private settle(error?: Error): void {
		if (this.isSettled) return;
		this.isSettled = true;
		this.replies.done(error);
	}
}
