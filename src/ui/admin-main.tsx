import { render } from 'preact';
import { AdminApp } from './admin/app.js';
import './style/tokens.css';
import './style/kiosk.css';
import './style/enrol.css';
import './style/admin.css';

const root = document.getElementById('app');
if (root !== null) render(<AdminApp />, root);
