import { describeHappyPath } from '../support/happy-path.js';
import { startTestServer } from '../support/server.js';

describeHappyPath('in SQLite', () => startTestServer());
