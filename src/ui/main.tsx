import { render } from 'preact';
import { App } from './kiosk/app.js';
import { installTextOnlyPolicy } from './parts/trusted-html.js';
import './style/tokens.css';
import './style/kiosk.css';
import './style/enrol.css';
import './style/terminal.css';
import './style/own.css';

installTextOnlyPolicy();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
