import { render } from 'preact';
import { AdminApp } from './admin/app.js';
import { installTextOnlyPolicy } from './parts/trusted-html.js';
import './style/tokens.css';
import './style/kiosk.css';
import './style/enrol.css';
import './style/terminal.css';
import './style/admin.css';

installTextOnlyPolicy();
const root = document.getElementById('app');
if (root !== null) render(<AdminApp />, root);
