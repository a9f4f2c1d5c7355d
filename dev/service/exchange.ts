import type { FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout } from 'node:timers/promises';
import { answerOfFault, jsonAnswer, streamAnswer, untilGone, writeAnswer } from './answer';
import { checkDuration, checkFields, checkFile, checkKey } from './checks';
import { Refusal } from './refusals';
import type { ServiceState } from './state';
import { transcribe } from './transcript';
import { now, type Outcome, type RequestRecord } from './types';
import { drain, readUpload, type Upload } from './upload';

/** One transcription request from its headers to its end, whoever ends it. Never rejects. */
export async function exchange(
	state: ServiceState,
	request: FastifyRequest,
	reply: FastifyReply,
): Promise<void> {
	reply.hijack();
	const response = reply.raw;
	const record = state.record(request);
	const end = (outcome: Outcome) => {
		// The first ending counts: a connection that the service resets looks like a client's leaving too.
		record.outcome ??= outcome;
		record.endedAt ??= now();
	};
	const gone = new AbortController();
	response.once('close', () => {
		if (!response.writableFinished) end('aborted');
		gone.abort();
	});
	try {
		end(await answer(state, { request, reply, record, signal: gone.signal }));
	} catch (error) {
		if (response.destroyed) return end('aborted');
		const refusal = error instanceof Refusal ? error : new Refusal('internal', '', String(error));
		try {
			await drain(request);
			record.code = refusal.code;
			await writeAnswer(response, jsonAnswer(refusal.status, refusal.body), {
				record,
				signal: gone.signal,
			});
			end('refused');
		} catch {
			end('aborted');
		}
	}
}

interface Exchange {
	request: FastifyRequest;
	reply: FastifyReply;
	record: RequestRecord;
	/** Aborted when the connection closes. */
	signal: AbortSignal;
}

/** @throws Refusal, or an AbortError when the client goes away */
async function answer(state: ServiceState, exchange: Exchange): Promise<Outcome> {
	const { request, record } = exchange;
	checkKey(request.headers.authorization, state.options.apiKey);
	record.authorized = true;
	if (state.inFlight >= (state.options.maxInFlight ?? Infinity)) {
		throw new Refusal('tooManyAtOnce');
	}
	state.inFlight++;
	try {
		return await answerUpload(state, exchange, await readUpload(request));
	} finally {
		state.inFlight--;
	}
}

async function answerUpload(
	state: ServiceState,
	{ reply, record, signal }: Exchange,
	upload: Upload,
): Promise<Outcome> {
	describe(upload, record);
	const { options } = state;
	const requestId = record.requestId;
	const isDuplicate = requestId !== undefined && !state.requestIds.add(requestId);
	const isStream = upload.fields.get('stream')?.[0] === 'true';

	const fault = state.faults.take({
		model: upload.fields.get('model')?.[0] ?? '',
		fileName: upload.file?.name ?? '',
		stream: isStream,
	});
	const pause = () =>
		setTimeout((options.delayMs ?? 0) + (fault?.delayMs ?? 0), undefined, { signal });
	if (fault?.hang) await untilGone(signal);
	const faulty = fault && answerOfFault(fault);
	if (faulty) {
		record.code = codeIn(fault.body);
		await pause();
		await writeAnswer(reply.raw, faulty, { fault, record, signal });
		return 'fault';
	}

	const model = checkFields(upload);
	if (isDuplicate) throw new Refusal('duplicateRequest', requestId);
	const recording = await checkFile(upload);
	Object.assign(record.file ?? {}, { duration: recording.duration, format: recording.format });
	checkDuration(recording, model);
	const { transcription, words } = transcribe(recording, model, requestId);
	record.requestId = transcription.request_id;
	await pause();
	await writeAnswer(
		reply.raw,
		isStream
			? streamAnswer(transcription, words, recording.duration, options)
			: jsonAnswer(200, transcription),
		{ fault, record, signal },
	);
	return fault ? 'fault' : 'finished';
}

/** Writes what was uploaded into the log. */
function describe({ fields, file }: Upload, record: RequestRecord): void {
	for (const [name, [value = '', ...more]] of fields) {
		record.fields[name] = more.length > 0 ? [value, ...more] : value;
	}
	record.requestId = fields.get('request_id')?.[0] || undefined;
	if (file) record.file = { name: file.name, mimeType: file.mimeType, size: file.size };
}

/** The code in an error body, in either of the documented shapes. */
function codeIn(body: unknown): string | undefined {
	const { error, code = error?.code } = Object(body) as {
		error?: { code?: string | number };
		code?: string | number;
	};
	return code === undefined ? undefined : String(code);
}
