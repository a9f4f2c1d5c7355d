import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { parse } from 'yaml';

import manifest from '../../package.json';
import { root } from '../support/tarball';

type Permissions = Record<string, string> | string;

interface Step {
	id?: string;
	name?: string;
	uses?: string;
	with?: Record<string, unknown>;
	run?: string;
}

interface Job {
	'runs-on': string;
	container?: string | { image: string };
	services?: Record<string, { image: string }>;
	permissions?: Permissions;
	uses?: string;
	needs?: string;
	outputs?: Record<string, string>;
	steps: Step[];
}

interface Workflow {
	on: Record<string, unknown>;
	permissions?: Permissions;
	env?: Record<string, unknown>;
	jobs: Record<string, Job>;
}

const FOLDER = path.join(root, '.github/workflows');
const NPM = /^npm@([\d.]+)\+sha512\.[0-9a-f]{128}$/.exec(manifest.packageManager)?.[1];
/** Compares, and publishes what is there; runs no code of packages or of this repository. */
const HARMLESS = /^(test "[^;&|]*"|npm publish [^;&|]* --ignore-scripts)$/;

const texts = new Map(
	readdirSync(FOLDER).map((name) => [name, readFileSync(path.join(FOLDER, name), 'utf8')]),
);
const workflows = new Map(
	[...texts].map(([name, text]) => [name, parse(text) as Workflow] as const),
);
const jobs = [...workflows].flatMap(([file, workflow]) =>
	Object.entries(workflow.jobs).map(([name, job]) => ({
		place: `${file}, ${name}`,
		job,
		// A job without permissions of its own has those of the workflow.
		permissions: job.permissions ?? workflow.permissions ?? 'write-all',
	})),
);
const steps = jobs.flatMap(({ place, job }) => job.steps.map((step) => ({ place, step })));

const writes = (permissions: Permissions) =>
	typeof permissions === 'string'
		? [permissions].filter((all) => all !== 'read-all')
		: Object.keys(permissions).filter((name) => permissions[name] === 'write');

const release = workflows.get('release.yml')!;

test('actions are pinned to a commit, whose version a comment says', () => {
	assert.ok(workflows.size > 0);
	for (const [file, text] of texts) {
		for (const line of text.split('\n').filter((each) => /\buses:/.test(each))) {
			assert.match(line, /uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, file);
		}
	}
});

test('an action is pinned to the same commit everywhere', () => {
	const commits = new Map<string, string>();
	for (const { place, step } of steps) {
		const [action = '', commit = ''] = step.uses?.split('@') ?? [];
		if (action) assert.equal(commits.get(action) ?? commit, commit, `${place}: ${action}`);
		commits.set(action, commit);
	}
});

test('images are pinned to a digest, machines to a version', () => {
	for (const { place, job } of jobs) {
		const { container } = job;
		const images = [
			...(container ? [typeof container === 'string' ? container : container.image] : []),
			...Object.values(job.services ?? {}).map(({ image }) => image),
		];
		for (const image of images)
			assert.match(image, /^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/, place);
		assert.doesNotMatch(job['runs-on'], /latest/, place);
	}
});

test('npm is the one that package.json names, wherever packages are installed or published', () => {
	assert.ok(NPM, manifest.packageManager);
	assert.equal(release.env?.NPM_VERSION, NPM);
	assert.equal(release.env?.NODE_VERSION, manifest.devDependencies.node);
	for (const { place, job } of jobs) {
		const scripts = job.steps.map(({ run = '' }) => run);
		const settles = scripts.findIndex(
			(run) =>
				run.includes('require("./package.json").packageManager') ||
				run === 'test "$(npm --version)" = "$NPM_VERSION"',
		);
		const uses = scripts.findIndex((run) => /^(npm (ci|cit|publish)|bash \.ci\/run)\b/.test(run));
		assert.ok(uses < 0 || (settles >= 0 && settles < uses), place);
	}
});

test('what may write runs no code of packages or of this repository', () => {
	for (const { place, job, permissions } of jobs) {
		if (writes(permissions).length === 0) continue;
		for (const { run } of job.steps) if (run) assert.match(run, HARMLESS, place);
	}
});

test('only the publishing job may have a token of npm, and it has nothing else', () => {
	const holders = jobs.filter(({ permissions }) => writes(permissions).includes('id-token'));
	assert.deepEqual(
		holders.map(({ place }) => place),
		['release.yml, publish'],
	);
	const { job, permissions } = holders[0]!;
	assert.deepEqual(permissions, { 'id-token': 'write' });
	assert.equal(job.needs, 'build');
	const actions = job.steps.flatMap(({ uses }) => uses?.split('@')[0] ?? []);
	assert.deepEqual(actions, ['actions/download-artifact', 'actions/setup-node']);
	const published = job.steps.filter(({ run }) => /npm publish/.test(run ?? ''));
	assert.equal(published.length, 2);
	for (const { run } of published) {
		assert.match(
			run!,
			/^npm publish \.\/release\/\S+\.tgz --provenance --access public --ignore-scripts$/,
		);
	}
});

test('permissions are given by the job, checkouts keep no token, caches are not shared', () => {
	for (const [file, { on, permissions }] of workflows) {
		assert.ok(permissions && writes(permissions).length === 0, file);
		assert.ok(!('pull_request_target' in on) && !('workflow_run' in on), file);
	}
	for (const { place, step } of steps) {
		if (step.uses?.startsWith('actions/checkout@')) {
			assert.equal(step.with?.['persist-credentials'], false, place);
		}
		if (step.uses?.startsWith('actions/setup-node@')) {
			assert.equal(step.with?.['package-manager-cache'], false, place);
			assert.equal(step.with?.cache, undefined, place);
		}
	}
});

test('scripts take nothing from an event: it could hold a script of its own', () => {
	for (const { place, step } of steps) assert.doesNotMatch(step.run ?? '', /\$\{\{/, place);
});

/** The script of the step of a job that this is part of. */
function script(job: string, part: string): string {
	const found = release.jobs[job]!.steps.filter(({ run }) => run?.includes(part));
	assert.equal(found.length, 1, part);
	return found[0]!.run!;
}

test('tarballs are published only as they were built, and no others', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'glm-asr-release-'));
	const bash = (code: string, env: NodeJS.ProcessEnv = {}) =>
		spawnSync('bash', ['-e', '-c', code], {
			cwd: folder,
			encoding: 'utf8',
			env: { PATH: process.env.PATH, ...env },
		});
	const output = path.join(folder, '.output');
	try {
		writeFileSync(path.join(folder, 'a.tgz'), 'one');
		writeFileSync(path.join(folder, 'b.tgz'), 'another');
		const hash = script('build', 'sha256sum').split('cd release\n')[1]!;
		assert.equal(bash(hash, { GITHUB_OUTPUT: output }).status, 0);
		assert.equal(release.jobs.build!.outputs?.sha256, '${{ steps.tarballs.outputs.sha256 }}');
		const SHA256 = /^sha256<<END\n([^]*)\nEND\n$/.exec(readFileSync(output, 'utf8'))![1]!;
		const isAllowed = () => bash(script('publish', 'sha256sum'), { SHA256 }).status === 0;

		assert.equal(isAllowed(), true);
		writeFileSync(path.join(folder, 'c.tgz'), 'one more');
		assert.equal(isAllowed(), false);
		rmSync(path.join(folder, 'c.tgz'));
		writeFileSync(path.join(folder, 'b.tgz'), 'anothor');
		assert.equal(isAllowed(), false);
		rmSync(path.join(folder, 'b.tgz'));
		assert.equal(isAllowed(), false);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});

test('nothing is published before the names, the linter, the tests and the audit have passed', () => {
	const scripts = release.jobs.build!.steps.map(({ run = '' }) => run);
	const packs = scripts.findIndex((run) => run.includes('npm pack'));
	for (const needed of [
		'npm run identity -- --release',
		'npm run lint',
		'npm test',
		'npm run audit -- --must-answer',
	]) {
		const at = scripts.indexOf(needed);
		assert.ok(at >= 0 && at < packs, needed);
	}
});

test('dependencies and actions are kept up to date, changes have owners, the code is analysed', () => {
	const { updates } = parse(readFileSync(path.join(root, '.github/dependabot.yml'), 'utf8')) as {
		updates: { 'package-ecosystem': string; cooldown: { 'default-days': number } }[];
	};
	const kinds = updates.map((update) => update['package-ecosystem']);
	assert.deepEqual(kinds.sort(), ['github-actions', 'npm']);
	for (const { cooldown } of updates) assert.ok(cooldown['default-days'] >= 7);
	assert.match(readFileSync(path.join(root, '.github/CODEOWNERS'), 'utf8'), /^\* @\S+$/m);
	const analysis = steps.filter(({ step }) => step.uses?.startsWith('github/codeql-action/'));
	assert.equal(analysis.length, 2);
});
