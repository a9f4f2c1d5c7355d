/** Collects a figure of each case and prints all of them as one table when the file's tests are done. */
export class Figures {
	private readonly rows: string[][] = [];

	constructor(private readonly title: string) {
		afterAll(() => this.print());
	}

	add(name: string, ...figures: string[]): void {
		this.rows.push([name, ...figures]);
	}

	private print(): void {
		const widths = this.rows[0]?.map((_, column) =>
			Math.max(...this.rows.map((row) => row[column]?.length ?? 0)),
		);
		const lines = this.rows.map((row) =>
			row.map((cell, column) => cell.padEnd(widths![column] ?? 0)).join('  '),
		);
		console.log([this.title, ...lines].join('\n'));
	}
}

export const decibels = (value: number): string =>
	value === Infinity ? 'exact' : `${value.toFixed(1)} dB`;
