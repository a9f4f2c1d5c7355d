/** A file of the ten minutes of digits, made by a program from outside this project. */
export interface Encoding {
	file: string;
	/** As in the nodes' output. */
	format: string;
	codec: string;
	/** Shell commands that make `file` of `digits.wav` (48 kHz, mono, 16 bits), both in the current folder. */
	command: string;
}

const AMR_NB = 'sox -R digits.wav -r 8000 -C 7 -t amr-nb';
const AMR_WB = 'sox -R digits.wav -r 16000 -t raw - | python3 "$SUPPORT/amrwb.py" >';
const VIDEO = '-f lavfi -i testsrc=s=64x48:r=5 -shortest -c:v mpeg4 -b:v 20k';
const LIVE = '-f webm -live 1 -';
const FRAGMENTS = '-movflags empty_moov+default_base_moof -frag_duration 1000000';

/** Name, codec and what makes it, by the format's name. */
const FILES: Record<string, [file: string, codec: string, command: string][]> = {
	wav: [
		['pcm8.wav', 'pcm', 'sox -R digits.wav -r 8000 -b 8 pcm8.wav'],
		['pcm16.wav', 'pcm', 'sox -R digits.wav -r 44100 pcm16.wav'],
		['pcm16-stereo.wav', 'pcm', 'sox -R digits.wav -r 16000 -c 2 pcm16-stereo.wav'],
		['pcm24.wav', 'pcm', 'sox -R digits.wav -r 16000 -b 24 -t wavpcm pcm24.wav'],
		['pcm32.wav', 'pcm', 'sox -R digits.wav -r 16000 -b 32 -e signed -t wavpcm pcm32.wav'],
		['extensible.wav', 'pcm', 'sox -R digits.wav -r 22050 -b 24 extensible.wav'],
		['rf64.wav', 'pcm', 'ffmpeg -v error -i digits.wav -ar 16000 -rf64 always rf64.wav'],
		['pipe.wav', 'pcm', 'ffmpeg -v error -i digits.wav -ar 16000 -f wav - | cat > pipe.wav'],
		['float.wav', 'pcm_float', 'sox -R digits.wav -r 16000 -b 32 -e float float.wav'],
		['mulaw.wav', 'mulaw', 'sox -R digits.wav -r 8000 -e mu-law mulaw.wav'],
		['alaw.wav', 'alaw', 'sox -R digits.wav -r 8000 -e a-law alaw.wav'],
		['ima-adpcm.wav', 'adpcm_ima', 'sox -R digits.wav -r 8000 -e ima-adpcm ima-adpcm.wav'],
		['ms-adpcm.wav', 'adpcm_ms', 'sox -R digits.wav -r 8000 -e ms-adpcm ms-adpcm.wav'],
		['gsm.wav', 'gsm', 'sox -R digits.wav -r 8000 -e gsm gsm.wav'],
		['mp3.wav', 'mp3', 'ffmpeg -v error -i digits.wav -ar 16000 -c:a libmp3lame -b:a 48k mp3.wav'],
	],
	mp3: [
		['cbr.mp3', 'mp3', 'lame --quiet -b 64 --resample 44.1 digits.wav cbr.mp3'],
		[
			'stereo.mp3',
			'mp3',
			'sox -R digits.wav -c 2 -t wav - | lame --quiet -b 128 -m j - stereo.mp3',
		],
		['vbr.mp3', 'mp3', 'lame --quiet -V 6 --resample 32 digits.wav vbr.mp3'],
		['mpeg2.mp3', 'mp3', 'lame --quiet -b 32 --resample 16 digits.wav mpeg2.mp3'],
		['mpeg25.mp3', 'mp3', 'lame --quiet --abr 24 --resample 8 digits.wav mpeg25.mp3'],
		[
			'ffmpeg.mp3',
			'mp3',
			'ffmpeg -v error -i digits.wav -b:a 64k -metadata title=Digits ffmpeg.mp3',
		],
	],
	m4a: [
		['moov-last.m4a', 'aac', 'ffmpeg -v error -i digits.wav -b:a 64k moov-last.m4a'],
		[
			'moov-first.m4a',
			'aac',
			'ffmpeg -v error -i digits.wav -ar 44100 -b:a 64k -movflags faststart moov-first.m4a',
		],
		['fragmented.mp4', 'aac', `ffmpeg -v error -i digits.wav -b:a 48k ${FRAGMENTS} fragmented.mp4`],
		['video.mp4', 'aac', `ffmpeg -v error -i digits.wav ${VIDEO} -c:a aac -b:a 64k video.mp4`],
		['aac.mov', 'aac', 'ffmpeg -v error -i digits.wav -ar 32000 -c:a aac -b:a 48k aac.mov'],
		['alac.m4a', 'alac', 'ffmpeg -v error -i digits.wav -ar 44100 -c:a alac alac.m4a'],
		['pcm.mov', 'pcm', 'ffmpeg -v error -i digits.wav -ar 16000 -c:a pcm_s16be pcm.mov'],
		['opus.mp4', 'opus', 'ffmpeg -v error -i digits.wav -c:a libopus -b:a 24k opus.mp4'],
		['aac.3gp', 'aac', 'ffmpeg -v error -i digits.wav -ar 16000 -c:a aac -b:a 24k aac.3gp'],
		['amr-nb.3gp', 'amr_nb', `${AMR_NB} nb.amr && ffmpeg -v error -i nb.amr -c copy amr-nb.3gp`],
	],
	aac: [['adts.aac', 'aac', 'ffmpeg -v error -i digits.wav -b:a 64k adts.aac']],
	ogg: [
		['opusenc.opus', 'opus', 'opusenc --quiet --bitrate 24 digits.wav opusenc.opus'],
		[
			'voice-message.ogg',
			'opus',
			'ffmpeg -v error -i digits.wav -ar 16000 -c:a libopus -application voip -b:a 24k voice-message.ogg',
		],
		['oggenc.ogg', 'vorbis', 'oggenc --quiet -q 2 digits.wav -o oggenc.ogg'],
		[
			'ffmpeg.oga',
			'vorbis',
			'ffmpeg -v error -i digits.wav -ar 16000 -c:a libvorbis -q:a 3 ffmpeg.oga',
		],
	],
	webm: [
		['opus.webm', 'opus', 'ffmpeg -v error -i digits.wav -c:a libopus -b:a 32k opus.webm'],
		[
			'live.webm',
			'opus',
			`ffmpeg -v error -i digits.wav -c:a libopus -b:a 32k ${LIVE} | cat > live.webm`,
		],
		['vorbis.mkv', 'vorbis', 'ffmpeg -v error -i digits.wav -ar 16000 -c:a libvorbis vorbis.mkv'],
	],
	flac: [
		['flac.flac', 'flac', 'flac --silent digits.wav -o flac.flac'],
		['ffmpeg.flac', 'flac', 'ffmpeg -v error -i digits.wav -ac 2 -ar 22050 ffmpeg.flac'],
	],
	amr: [
		['amr-nb.amr', 'amr_nb', `${AMR_NB} amr-nb.amr`],
		['amr-wb.amr', 'amr_wb', `${AMR_WB} amr-wb.amr`],
	],
	aiff: [
		['sox.aiff', 'pcm', 'sox -R digits.wav -r 16000 sox.aiff'],
		[
			'ffmpeg.aifc',
			'pcm',
			'ffmpeg -v error -i digits.wav -ar 16000 -c:a pcm_s16le -f aiff ffmpeg.aifc',
		],
	],
};

/** Every format that the README names. */
export const ENCODINGS: Encoding[] = Object.entries(FILES).flatMap(([format, files]) =>
	files.map(([file, codec, command]) => ({ file, format, codec, command })),
);
