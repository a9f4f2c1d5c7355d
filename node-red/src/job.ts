import type { NodeMessage } from 'node-red';

import { inOrder, transcribe, type OptionFields, type TranscriptionEvent } from '../../core';
import { findAudio, type FoundAudio } from './audioInputs';
import { shortReason, toNodeError } from './failure';
import { Carrier, RecordingMessages, valueAt, type MessageTools } from './messages';
import type { Place } from './entrance';
import { mostRecordings, optionsFor, type NodeOptions } from './options';
import type { Service } from './service';
import type { MessageStatus, StatusBoard } from './status';

/** What the jobs of a node have in common. */
export interface JobContext {
	/** Of the message, without `msg.`. */
	property: string;
	options: OptionFields;
	/** @throws GlmAsrError when the node has none */
	service(): Service;
	board: StatusBoard;
	/** The first request of a message runs. */
	onTurn(job: Job): void;
	tools: MessageTools;
	/** Reports an error that does not end the work on the message. */
	reportError(error: Error, msg: NodeMessage): void;
}

/** How Node-RED learns what became of a message. */
export interface Replies {
	send(msg: NodeMessage): void;
	done(error?: Error): void;
}

/** One recording of the message, and its place at the service. */
interface Task {
	input: FoundAudio['input'];
	messages: RecordingMessages;
	options: NodeOptions;
	/** Which recording of the message it is. */
	index: number;
	place: Place;
}

/** What all recordings of the message are opened with. */
interface Opening {
	options: NodeOptions;
	service: Service;
	/** The first recording's place. */
	first: Place;
	signal: AbortSignal;
}

/** What comes of a recording. */
type Outcome = TranscriptionEvent | { type: 'failed'; thrown: unknown };

const CANCELLED = new DOMException('The work on the message was cancelled.', 'AbortError');

/**
 * The work on one message. Until its turn is near nothing of the message is read or copied; its
 * recordings, too, are opened one after the other as their turns come.
 */
export class Job {
	private isSettled = false;
	private readonly cancellation = new AbortController();
	private readonly status: MessageStatus;
	/** Of the message among all that wait, and of the sequence of its results. */
	private readonly id: string;
	/** The latest failure is held back: the last one ends the work. */
	private failure: { thrown: unknown; task?: Task } | undefined;

	constructor(
		private readonly context: JobContext,
		private readonly msg: NodeMessage,
		private readonly replies: Replies,
	) {
		this.status = context.board.open();
		this.id = context.tools.generateId();
	}

	/** Of the message, as Node-RED gives it. */
	get messageId(): string | undefined {
		return this.msg._msgid;
	}

	/** Does the work; failures are reported to Node-RED. Results go out in the order of the recordings. */
	async run(): Promise<void> {
		try {
			await this.work(this.context.service());
		} catch (thrown) {
			this.status.end();
			if (!this.isCancelled) this.context.board.fail(shortReason(thrown));
			this.fail(thrown);
		}
		if (!this.isCancelled) this.end();
	}

	/** Ends requests at once; nothing is sent any more. The message counts as dealt with, as in core's delay node. */
	cancel(): void {
		this.cancellation.abort(CANCELLED);
		this.settle();
	}

	private get isCancelled(): boolean {
		return this.cancellation.signal.aborted;
	}

	private async work(service: Service): Promise<void> {
		const first = await service.entrance.enter(this.cancellation.signal);
		try {
			const { property, tools } = this.context;
			const options = optionsFor(this.context.options, this.msg.glmAsr);
			const value = valueAt(this.msg, property, tools);
			const found = await findAudio(this.msg, { value, property }, mostRecordings(options));
			this.status.expect(found.length - 1);
			const tasks = (ending: AbortSignal) =>
				this.tasks(found, { options, service, first, signal: this.endedBy(ending) });
			const outcomes = (task: Task, ending: AbortSignal) =>
				this.outcomes(task, service, this.endedBy(ending));
			for await (const { job: task, item } of inOrder(tasks, outcomes, Infinity)) {
				if (this.isCancelled) return;
				if (item.type === 'failed') this.fail(item.thrown, task);
				else this.send(item, task);
			}
		} finally {
			first.leave();
		}
	}

	private endedBy(ending: AbortSignal): AbortSignal {
		return AbortSignal.any([this.cancellation.signal, ending]);
	}

	/** The recordings, each when it has a place. */
	private async *tasks(
		found: FoundAudio[],
		{ options, service, first, signal }: Opening,
	): AsyncGenerator<Task, void, undefined> {
		const carrier = new Carrier(this.msg, this.context.property, this.context.tools);
		const count = found.length;
		for (const [index, { input, value }] of found.entries()) {
			const place = index === 0 ? first : await service.entrance.enter(signal);
			const position = count > 1 ? { id: this.id, index, count } : undefined;
			const isUpload = input.property?.startsWith('req.files[');
			const own = position && !isUpload ? value : undefined;
			const messages = new RecordingMessages(carrier, position, own);
			yield { input, messages, options, index, place };
		}
	}

	private async *outcomes(
		{ input, options, index, place }: Task,
		service: Service,
		signal: AbortSignal,
	): AsyncGenerator<Outcome, void, undefined> {
		const activity = this.status.begin();
		try {
			const connection = service.connection({
				id: this.id,
				onTurn: () => {
					place.goOn();
					this.context.onTurn(this);
					activity.sending();
				},
			});
			const { platform } = service;
			const chosen = { ...options, platform, requestIdUses: index };
			for await (const event of transcribe(input, chosen, connection, signal)) {
				if (event.type === 'progress') activity.reach(event.progress);
				else if (event.type === 'transcript.text.delta') activity.hearing();
				yield event;
			}
		} catch (thrown) {
			if (!this.isCancelled) this.context.board.fail(shortReason(thrown));
			yield { type: 'failed', thrown };
		} finally {
			activity.end();
			place.leave();
		}
	}

	private send(event: TranscriptionEvent, { messages, options }: Task): void {
		if (event.type === 'transcript.text.delta') {
			if (options.stream) this.replies.send(messages.delta(event.delta));
		} else if (event.type === 'transcript.text.done') {
			this.replies.send(options.stream ? messages.streamEnd(event) : messages.result(event));
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
