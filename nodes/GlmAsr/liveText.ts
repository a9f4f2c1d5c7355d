import type { IExecuteFunctions } from 'n8n-workflow';

type ChunkType = Parameters<IExecuteFunctions['sendChunk']>[0];

/** Sends words to the person who waits at the other end of a streaming execution. */
export class LiveText {
	private constructor(
		private readonly context: IExecuteFunctions,
		private readonly itemIndex: number,
	) {}

	/** Undefined when nobody listens, the user does not want it, or an agent runs the node as a tool. */
	static of(context: IExecuteFunctions, itemIndex: number): LiveText | undefined {
		const isWanted = context.getNodeParameter(
			'options.enableStreaming',
			itemIndex,
			true,
		) as boolean;
		return isWanted && context.isStreaming() && !context.isToolExecution()
			? new LiveText(context, itemIndex)
			: undefined;
	}

	async begin(): Promise<void> {
		await this.send('begin');
	}

	async add(delta: string): Promise<void> {
		await this.send('item', delta);
	}

	async end(): Promise<void> {
		await this.send('end');
	}

	async fail(message: string): Promise<void> {
		await this.send('error', message);
	}

	/** Declared to return nothing, `sendChunk` returns a promise; in order only when it is awaited. */
	private async send(type: ChunkType, content?: string): Promise<void> {
		await Promise.resolve(this.context.sendChunk(type, this.itemIndex, content));
	}
}
