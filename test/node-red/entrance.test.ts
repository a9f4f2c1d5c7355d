import { Entrance, type Place } from '../../node-red/src/entrance';

const never = new AbortController().signal;

/** The places that have been given so far, in the order in which they were asked for. */
function ask(entrance: Entrance, count: number, signal = never): (Place | undefined)[] {
	const places: (Place | undefined)[] = Array.from({ length: count }, () => undefined);
	places.forEach((_, index) => {
		entrance.enter(signal).then(
			(place) => (places[index] = place),
			() => undefined,
		);
	});
	return places;
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const given = (places: (Place | undefined)[]) => places.filter(Boolean).length;

it('lets in as many as the service takes, and one more for each that is sent or ends', async () => {
	const entrance = new Entrance(2);
	const places = ask(entrance, 6);
	await settled();
	expect(places.map(Boolean)).toEqual([true, true, false, false, false, false]);

	places[0]!.goOn();
	places[0]!.goOn();
	await settled();
	expect(given(places)).toBe(3);

	places[1]!.leave();
	places[1]!.leave();
	await settled();
	expect(places.map(Boolean)).toEqual([true, true, true, true, false, false]);
});

it('does not let a short recording wait until long ones end', async () => {
	const entrance = new Entrance(1);
	for (let long = 0; long < 10; long++) (await entrance.enter(never)).goOn();
	const short = ask(entrance, 1);
	await settled();
	expect(given(short)).toBe(1);
});

it('holds a bounded number of long recordings open', async () => {
	const entrance = new Entrance(4);
	const places: Place[] = [];
	const fill = async () => {
		for (;;) {
			const place = await entrance.enter(never);
			place.goOn();
			places.push(place);
		}
	};
	void fill();
	await settled();
	expect(places).toHaveLength(36);
	places[0]!.leave();
	await settled();
	expect(places).toHaveLength(37);
});

it('forgets thousands that give up, in linear time and without letting anybody in', async () => {
	const entrance = new Entrance(1);
	const place = await entrance.enter(never);
	const patience = Array.from({ length: 5000 }, () => new AbortController());
	const waits = Promise.allSettled(patience.map(({ signal }) => entrance.enter(signal)));
	const reason = new Error('given up');
	const start = process.cpuUsage();
	for (const one of patience) one.abort(reason);
	expect((await waits).every(({ status }) => status === 'rejected')).toBe(true);
	expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);

	place.leave();
	expect(await entrance.enter(never)).toBeDefined();
	await expect(entrance.enter(patience[0]!.signal)).rejects.toBe(reason);
});
