/** Deeper JSON is no answer: whoever walks it, a host's clone of a message for one, would run out of stack. */
const MAX_DEPTH = 100;
/** Of one object; what comes after them is passed over, but for the names that are read. */
const MAX_MEMBERS = 200;
/** Kept in all: six hours with times for every word have fewer. */
const MAX_VALUES = 500_000;
/** Of a text: a day of speech has fewer. */
export const MAX_STRING_CHARACTERS = 1_000_000;
/** Of a number. */
const MAX_SCALAR_CHARACTERS = 1000;

/** Names that lead to an object's prototype. */
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);
/** Names that are found in an object however many others it has. */
const READ = new Set(
	'text segments id created request_id model type delta choices error code message msg detail start end'.split(
		' ',
	),
);

interface Frame {
	isArray: boolean;
	/** Undefined where nobody wants it. */
	container: unknown[] | Record<string, unknown> | undefined;
	members: number;
	key: string;
	/** Whether the value that comes next is wanted. */
	isKept: boolean;
}

type Awaited = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'nothing';

/**
 * Reads JSON (RFC 8259) as it arrives, without recursion and in time that grows with its length alone: the
 * platform's own parser takes a second for an object of a million members, and cannot be interrupted.
 * Members that are too many or unsafe are passed over; numbers beyond all bounds are null.
 */
export class JsonParser {
	/** It is no JSON, or more than anybody should read. */
	isBroken = false;

	private value: unknown;
	private readonly frames: Frame[] = [];
	private awaited: Awaited = 'value';
	private token: 'string' | 'scalar' | undefined;
	private parts: string[] = [];
	private length = 0;
	private isEscaped = false;
	private hasEscapes = false;
	private values = 0;

	/** Whether what has been read is the beginning of an object. */
	get isCutShort(): boolean {
		return !this.isBroken && this.frames[0]?.isArray === false;
	}

	feed(text: string): void {
		for (let at = 0; at < text.length && !this.isBroken;) {
			if (this.token === 'string') at = this.readString(text, at);
			else if (this.token === 'scalar') at = this.readScalar(text, at);
			else at = this.readMark(text, at);
		}
	}

	/** @returns what has been read; undefined when that is not whole, or no JSON */
	end(): unknown {
		if (this.token === 'scalar') this.endScalar();
		return this.awaited === 'nothing' && !this.isBroken ? this.value : undefined;
	}

	private readMark(text: string, at: number): number {
		switch (text[at]) {
			case ' ':
			case '\n':
			case '\r':
			case '\t':
				return at + 1;
			case '"':
				if (!this.awaitsKey && !this.awaitsValue) return this.break();
				this.begin('string');
				return at + 1;
			case '{':
			case '[':
				return this.open(text[at] === '[') ?? at + 1;
			case '}':
			case ']':
				return this.close(text[at] === ']') ?? at + 1;
			case ':':
				if (this.awaited !== 'colon') return this.break();
				this.awaited = 'value';
				return at + 1;
			case ',':
				if (this.awaited !== 'comma') return this.break();
				this.awaited = this.frames.at(-1)!.isArray ? 'value' : 'key';
				return at + 1;
			default:
				if (!this.awaitsValue) return this.break();
				this.begin('scalar');
				return at;
		}
	}

	private get awaitsKey(): boolean {
		return this.awaited === 'key' || this.awaited === 'first key';
	}

	private get awaitsValue(): boolean {
		return this.awaited === 'value' || this.awaited === 'first value';
	}

	private begin(token: 'string' | 'scalar'): void {
		this.token = token;
		this.parts = [];
		this.length = 0;
		this.isEscaped = false;
		this.hasEscapes = false;
	}

	private readString(text: string, from: number): number {
		let at = from;
		for (; at < text.length; at++) {
			const unit = text.charCodeAt(at);
			if (this.isEscaped) this.isEscaped = false;
			else if (unit === BACKSLASH) this.isEscaped = this.hasEscapes = true;
			else if (unit === QUOTE) break;
			if (unit < SPACE) return this.break();
		}
		this.keep(text.slice(from, at), MAX_STRING_CHARACTERS);
		if (at === text.length) return at;
		this.token = undefined;
		const raw = this.parts.join('');
		const string = this.hasEscapes ? this.decode(`"${raw}"`) : raw;
		if (this.awaitsKey) this.takeKey(string as string);
		else this.take(string);
		return at + 1;
	}

	private readScalar(text: string, from: number): number {
		let at = from;
		while (at < text.length && !SCALAR_ENDS.includes(text[at]!)) at++;
		this.keep(text.slice(from, at), MAX_SCALAR_CHARACTERS);
		if (at < text.length) this.endScalar();
		return at;
	}

	private endScalar(): void {
		this.token = undefined;
		if (this.isBroken) return;
		const value = this.decode(this.parts.join(''));
		this.take(typeof value === 'number' && !Number.isFinite(value) ? null : value);
	}

	private keep(part: string, limit: number): void {
		this.parts.push(part);
		this.length += part.length;
		if (this.length > limit) this.break();
	}

	private decode(token: string): unknown {
		try {
			return JSON.parse(token);
		} catch {
			this.break();
			return undefined;
		}
	}

	private takeKey(key: string): void {
		const frame = this.frames.at(-1)!;
		frame.key = key;
		frame.isKept = !UNSAFE.has(key) && (frame.members++ < MAX_MEMBERS || READ.has(key));
		this.awaited = 'colon';
	}

	private take(value: unknown): void {
		const frame = this.frames.at(-1);
		this.awaited = frame ? 'comma' : 'nothing';
		if (!frame) this.value = value;
		else if (frame.container && frame.isKept) {
			if (Array.isArray(frame.container)) frame.container.push(value);
			else frame.container[frame.key] = value;
			if (++this.values > MAX_VALUES) this.break();
		}
	}

	private open(isArray: boolean): number | undefined {
		if (!this.awaitsValue || this.frames.length === MAX_DEPTH) return this.break();
		const outer = this.frames.at(-1);
		const isWanted = !outer || (outer.container !== undefined && outer.isKept);
		const container = isArray ? [] : {};
		if (isWanted) this.take(container);
		this.frames.push({
			isArray,
			container: isWanted ? container : undefined,
			members: 0,
			key: '',
			isKept: true,
		});
		this.awaited = isArray ? 'first value' : 'first key';
		return undefined;
	}

	private close(isArray: boolean): number | undefined {
		const isDue = this.awaited === 'comma' || this.awaited.startsWith('first');
		if (!isDue || this.frames.at(-1)?.isArray !== isArray) return this.break();
		this.frames.pop();
		this.awaited = this.frames.length > 0 ? 'comma' : 'nothing';
		return undefined;
	}

	/** Nothing more is read. */
	private break(): number {
		this.isBroken = true;
		this.value = undefined;
		this.parts = [];
		return 0;
	}
}

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const SPACE = 0x20;
const SCALAR_ENDS = ' \n\r\t,]}';
