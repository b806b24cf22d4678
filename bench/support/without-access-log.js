import { AccessRecorder } from '../../dist/http/access/record-access.js';

/** Loaded before the server: nothing comes into its access log. */
AccessRecorder.prototype.recordWhenSent = () => undefined;
