/** What the page is told of the service, at `/transcribe/about.json`. */
export interface About {
	/** The service hears telephone tones instead of speech. */
	isLocal: boolean;
	/** The one to begin with. */
	model: string;
	/** The longest file that may be sent. */
	maxBytes: number;
	models: { id: string; maxSeconds: number }[];
}
