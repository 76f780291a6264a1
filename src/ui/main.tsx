import { render } from 'preact';
import { App } from './kiosk/app.js';
import './style/tokens.css';
import './style/kiosk.css';
import './style/enrol.css';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
