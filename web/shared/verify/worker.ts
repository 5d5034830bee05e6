/** The verifier beside the page, which stays alive meanwhile. One question, one answer. */
import { work, type Question } from './work';

self.onmessage = ({ data }: MessageEvent<Question>) => self.postMessage(work(data));
self.postMessage('ready');
