import { KEY, type Dice } from './dice';

const NAMES = [
	'text segments id created request_id model audio chunks warnings type subtitles usage language duration',
	'words error code message msg detail delta choices start end object __proto__ constructor prototype',
	'toString hasOwnProperty then json binary pairedItem',
]
	.join(' ')
	.split(' ');

/** Writes JSON that answers are made of, right and wrong. */
export class JsonWriter {
	constructor(private readonly dice: Dice) {}

	/** A transcript, in most cases. */
	body(): string {
		const { dice } = this;
		const members = [
			...(dice.chance(0.9) ? [this.member('text', this.text())] : []),
			...(dice.chance(0.5) ? [this.member('segments', this.segments())] : []),
			...(dice.chance(0.5) ? [this.member('id', this.text())] : []),
			...(dice.chance(0.3) ? [this.member('created', this.time())] : []),
			...Array.from({ length: dice.below(4) }, () =>
				this.member(dice.chance(0.8) ? dice.of(NAMES) : this.words(), this.any()),
			),
			...(dice.chance(0.1) ? [this.manyMembers()] : []),
		];
		const at = dice.below(members.length + 1);
		return this.braces([...members.slice(at), ...members.slice(0, at)]);
	}

	delta(): string {
		const words = this.dice.chance(0.9) ? JSON.stringify(this.words()) : this.any();
		return this.dice.chance(0.7)
			? `{"type":"transcript.text.delta","delta":${words}}`
			: `{"object":"transcription.chunk","choices":[{"delta":{"content":${words}}}]}`;
	}

	done(): string {
		return `{"type":"transcript.text.done",${this.body().trimStart().slice(1)}`;
	}

	error(): string {
		const inner = this.braces([
			this.member('code', this.dice.chance(0.5) ? '"1302"' : this.any()),
			this.member('message', this.text()),
		]);
		return this.dice.of([
			inner,
			`{"error":${inner}}`,
			`{"error":${this.any()}}`,
			`{"detail":${this.any()}}`,
		]);
	}

	any(): string {
		const { dice } = this;
		const kinds = [
			() => this.text(),
			() => this.time(),
			() => dice.of(['true', 'null', '{}', '[]', '-', 'NaN', 'undefined']),
			() => `[${Array.from({ length: dice.below(4) }, () => this.time()).join()}]`,
			() =>
				this.braces(
					Array.from({ length: dice.below(3) }, () => this.member(dice.of(NAMES), this.text())),
				),
			() => this.nest(),
			() => `{${this.manyMembers()}}`,
			() => this.segments(),
			() => '9'.repeat(dice.size(100_000)),
		];
		return dice.of(kinds)();
	}

	/** Words as they are. */
	words(): string {
		const { dice } = this;
		const count = dice.size(dice.chance(0.2) ? 200_000 : 100);
		const kinds = [
			() => 'word '.repeat(count / 5),
			() => ' '.repeat(count),
			() => '好'.repeat(count),
			() => 'x'.repeat(count),
			() => `one ${KEY} two`,
			() => `?key=${encodeURIComponent(KEY)}&`.repeat(Math.min(count, 50)),
			() => '\u202e\u001b[31m\0\n<b>'.repeat(count / 10),
			() => '\ud83d\ude00'.repeat(count / 2),
			() => '\ud83d',
			() => 'Well, yes. 好。'.repeat(count / 10),
			() => '<title'.repeat(count / 6),
			() => '',
		];
		return dice.of(kinds)();
	}

	private text(): string {
		if (this.dice.chance(0.05))
			return this.dice.of(['"\n"', '"\\u12"', '"', `"${'\\'.repeat(5)}"`]);
		return JSON.stringify(this.words());
	}

	private time(): string {
		const { dice } = this;
		return dice.of([
			String(dice.below(100)),
			String(dice.below(100) / 7),
			'-1',
			'1e999',
			'-1e999',
			'1e308',
			'"NaN"',
			'"Infinity"',
			'"3.5"',
			'""',
			'null',
			'0',
			'9007199254740993',
		]);
	}

	private segments(): string {
		const { dice } = this;
		const list = Array.from({ length: dice.size(dice.chance(0.1) ? 20_000 : 20) }, (_, index) =>
			dice.chance(0.9)
				? `{"id":${index},"start":${this.time()},"end":${this.time()},"text":"word ${index}"}`
				: this.dice.of(['null', '1', '[]', '{}', '{"start":0,"end":1}']),
		);
		return `[${list.join()}]`;
	}

	/** Arrays or objects in each other. */
	private nest(): string {
		const levels = this.dice.size(100_000);
		const [open, close] = this.dice.of([
			['[', ']'],
			['{"a":', '}'],
		] as const);
		return `${open.repeat(levels)}1${close.repeat(this.dice.chance(0.9) ? levels : levels >> 1)}`;
	}

	private manyMembers(): string {
		const count = this.dice.size(50_000);
		return Array.from({ length: count }, (_, index) => `"k${index}":${index}`).join();
	}

	private member(name: string, value: string): string {
		return `${JSON.stringify(name)}${this.space()}:${this.space()}${value}`;
	}

	private braces(members: string[]): string {
		return `{${this.space()}${members.join(`,${this.space()}`)}}`;
	}

	private space(): string {
		return this.dice.chance(0.97) ? '' : ' \n\t\r'.repeat(this.dice.size(20_000));
	}
}
