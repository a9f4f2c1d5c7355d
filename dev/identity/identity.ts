import identity from './identity.json';

/** Who publishes the packages, and from which repository. */
export interface Identity {
	/** Set to false by whoever publishes, once all names are theirs: nothing leaves before. */
	isPlaceholder: boolean;
	author: { name: string; email: string };
	/** Who must agree to changes: a user or a team of GitHub, as CODEOWNERS names them. */
	owners: string;
	/** On GitHub: `owner/name`. */
	repository: string;
}

/** The one place to change it; `npm run identity` then writes it wherever it must stand literally. */
export const IDENTITY: Identity = identity;

/** A link to a repository on GitHub: owner and name. */
const LINK = /github\.com\/([\w-]+\/([\w.-]+?))(?=(?:\.git|\.)?(?![\w.-]))/g;
/** A repository of this name is ours, whoever the link says owns it. */
const OUR_NAME = 'n8n-nodes-glm-asr';
/** A domain that is nobody's (RFC 2606, RFC 6761). */
const NOBODYS_DOMAIN = /@(.*\.)?(example(\.\w+)?|invalid|localhost|test)$/i;

/**
 * A file that says who we are, with the names of an identity: links to the repository everywhere, the
 * author in a `package.json`, the holder of the copyright in a `LICENSE`, the owners in `CODEOWNERS`.
 *
 * @param file its path; the name tells what else than links it may hold
 * @param written the repository that the files name until now, `owner/name`
 */
export function withIdentity(
	file: string,
	text: string,
	{ author, owners, repository }: Identity,
	written: string,
): string {
	const linked = text.replaceAll(LINK, (link, linkedTo: string, name: string) =>
		linkedTo === written || name === OUR_NAME ? `github.com/${repository}` : link,
	);
	if (/(^|\/)package\.json$/.test(file)) {
		return `${JSON.stringify({ ...(JSON.parse(linked) as object), author }, null, '\t')}\n`;
	}
	if (/(^|\/)LICENSE$/.test(file)) {
		return linked.replace(/^(Copyright \(c\) \d+) .*/m, `$1 ${author.name} contributors`);
	}
	if (/(^|\/)CODEOWNERS$/.test(file)) return linked.replace(/^([^#\s]\S*\s+)@.*/gm, `$1${owners}`);
	return linked;
}

/**
 * Why a release must not leave the repository it runs in, sentences; none when it may.
 *
 * @param runsIn `owner/name`, as GitHub's workflows are told
 */
export function refusals(identity: Identity, runsIn: string | undefined): string[] {
	const { author, isPlaceholder, repository } = identity;
	const reasons: string[] = [];
	if (isPlaceholder || NOBODYS_DOMAIN.test(author.email)) {
		reasons.push(
			`"${author.name} <${author.email}>" is a placeholder: write who publishes into ` +
				'dev/identity/identity.json, set "isPlaceholder" to false there and run "npm run identity".',
		);
	}
	if (runsIn !== repository) {
		reasons.push(
			`The packages say that they come from ${repository}, and this release runs in ` +
				`${runsIn ?? 'no repository of GitHub'}: write the right names into dev/identity/identity.json ` +
				'and run "npm run identity".',
		);
	}
	return reasons;
}
