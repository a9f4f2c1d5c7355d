/** The mean of all channels; a single one as it is. */
export function mixDown(planes: Float32Array[]): Float32Array {
	const [first, second] = planes;
	if (!first) return new Float32Array(0);
	if (!second) return first;
	const mono = new Float32Array(first.length);
	if (planes.length === 2) {
		for (let index = 0; index < mono.length; index++) {
			mono[index] = (first[index]! + second[index]!) * 0.5;
		}
		return mono;
	}
	for (const plane of planes) {
		for (let index = 0; index < mono.length; index++) mono[index]! += plane[index]!;
	}
	for (let index = 0; index < mono.length; index++) mono[index]! /= planes.length;
	return mono;
}
