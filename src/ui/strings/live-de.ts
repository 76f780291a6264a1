import type { liveEn } from './live-en.js';
import type { Words } from './words.js';

export const liveDe: Words<typeof liveEn> = {
  title: 'Zeigen Sie, dass Sie wirklich da sind',
  look: 'Bitte kurz in die Kamera schauen',
  explain: 'Sie werden um drei kurze Bewegungen gebeten. Der Bildschirm ist Ihr Spiegel.',
  explainGesture:
    'Sie werden um drei kurze Bewegungen gebeten und danach um Ihre Geste. Der Bildschirm ist Ihr Spiegel.',
  start: 'Los',
  number: '{n} von {of}',
  skip: 'Das kann ich nicht',
  straight: 'Bitte gerade in die Kamera schauen',
  good: 'Gut!',
  secondsLeft: 'noch {n} Sekunden',
  light: {
    warn: 'Der Bildschirm leuchtet gleich etwa zwei Sekunden lang in hellen Farben auf, mit höchstens drei Wechseln in der Sekunde.',
    decline: 'Wenn Ihnen flackerndes Licht schaden kann, bitte nicht beginnen, sondern den anderen Weg nehmen.',
    shown: 'Bitte weiter auf den Bildschirm schauen',
    stop: 'Anhalten',
  },
  gesture: {
    ready: 'Gleich kommt Ihre Geste',
    now: 'Jetzt Ihre Geste',
  },
  actions: {
    turn_left: 'Kopf nach links drehen',
    turn_right: 'Kopf nach rechts drehen',
    look_up: 'Nach oben schauen',
    look_down: 'Nach unten schauen',
    open_mouth: 'Mund öffnen',
    blink: 'Augen kurz schließen',
    raise_left_hand: 'Linke Hand heben',
    raise_right_hand: 'Rechte Hand heben',
    lean_left: 'Nach links lehnen',
    lean_right: 'Nach rechts lehnen',
  },
  hints: {
    no_face: 'Bitte vor die Kamera treten',
    come_closer: 'Bitte näher kommen',
    one_person: 'Bitte nur eine Person',
    look_straight: 'Bitte gerade in die Kamera schauen',
    hold_still: 'Bitte stillhalten',
    show_shoulders: 'Bitte zurücktreten: Schultern und Arme müssen zu sehen sein',
    turn_further: 'Noch etwas weiter',
    wait_for_it: 'Bitte auf das Bild der Bewegung warten',
  },
  reasons: {
    ok: 'Das war richtig. Bitte weitermachen.',
    camera_not_allowed:
      'Diese Kamera zählt für diese Prüfung nicht. Bitte einen anderen Weg nehmen oder die Verwaltung fragen.',
    camera_changed:
      'Die Kamera dieses Terminals wurde ausgetauscht. Bitte einen anderen Weg nehmen und der Verwaltung Bescheid geben.',
    camera_lost: 'Die Kamera fiel dazwischen aus. Bitte gleich neu versuchen oder einen anderen Weg nehmen.',
    frames_repeated:
      'Die Kamera sendet immer wieder dasselbe Bild. Bitte neu versuchen; bleibt es so, der Verwaltung Bescheid geben.',
    frames_missing: 'Es fehlten Bilder der Kamera. Bitte neu versuchen oder einen anderen Weg nehmen.',
    several_faces: 'Es war noch jemand im Bild. Bitte allein vor die Kamera treten und neu versuchen.',
    face_too_small: 'Sie waren zu weit weg. Bitte näher kommen und neu versuchen.',
    no_network:
      'Das kann dieses Terminal zurzeit nicht prüfen. Bitte einen anderen Weg nehmen oder die Verwaltung fragen.',
    too_few_frames:
      'Ihr Gesicht war zu kurz zu sehen. Bitte in die Kamera schauen, bis der Ring voll ist, und neu versuchen.',
    looks_like_picture:
      'Die Kamera hielt Sie für ein Bild oder einen Bildschirm. Bitte ohne starkes Licht im Rücken neu versuchen oder einen anderen Weg nehmen.',
    no_movement: 'Es war keine Bewegung zu sehen. Bitte neu versuchen und die Bewegung groß machen.',
    flat_picture:
      'Das sieht aus wie ein flaches Bild. Bitte neu versuchen und die Bewegung größer machen oder einen anderen Weg nehmen.',
    wrong_action:
      'Das war eine andere Bewegung als die verlangte. Bitte neu versuchen: Links und Rechts sind von Ihnen aus gemeint.',
    too_early: 'Das war zu früh. Bitte neu versuchen und auf das Bild der Bewegung warten.',
    too_late: 'Das war zu spät. Bitte neu versuchen und beginnen, sobald die Bewegung gezeigt wird.',
    track_lost:
      'Ihr Gesicht war dazwischen nicht zu sehen. Bitte neu versuchen, im Bild bleiben und sich ruhig bewegen.',
    page_gone: 'Der Bildschirm hat die Bewegung nicht rechtzeitig gezeigt. Bitte neu versuchen.',
    out_of_time: 'Es hat zu lange gedauert. Bitte neu versuchen oder einen anderen Weg nehmen.',
    no_action_left: 'Es gibt keine andere Bewegung mehr. Bitte einen anderen Weg nehmen.',
    other_face: 'Es war nicht immer dasselbe Gesicht. Bitte allein vor die Kamera treten und neu versuchen.',
    body_not_seen: 'Schultern und Arme waren nicht zu sehen. Bitte zurücktreten und neu versuchen.',
    pose_still: 'Es war kaum Bewegung zu sehen. Bitte neu versuchen und die Geste größer machen.',
    pose_mismatch: 'Die Geste war nicht wie Ihre. Bitte neu versuchen oder einen anderen Weg nehmen.',
    no_pose_enrolled:
      'Es ist keine Geste eingerichtet. Bitte einen anderen Weg nehmen; einrichten können Sie sie auf Ihrer Seite.',
    light_mismatch:
      'Das Licht des Bildschirms war auf Ihrem Gesicht nicht zu sehen. Bitte näher kommen und neu versuchen.',
    not_measured: 'Das ließ sich nicht messen. Bitte neu versuchen oder einen anderen Weg nehmen.',
    fault: 'Im Terminal ging etwas schief. Bitte neu versuchen oder einen anderen Weg nehmen.',
  },
  own: {
    consent: [
      'Aus fünf Aufnahmen derselben Geste berechnet dieses Terminal Zahlen: wie Sie stehen und welchen Weg Ihr Arm nimmt. Es prüft damit, wenn Sie hinein wollen, ob sich der Körper wie Ihrer bewegt. Das sind biometrische Daten.',
      'Die Zahlen liegen versiegelt auf diesem Terminal und gehen nirgendwohin. Bilder der Aufnahmen werden nicht aufgehoben. Körperbewegung allein öffnet nie etwas.',
      'Sie dürfen ohne Nachteil ablehnen: Für alles gibt es einen anderen Weg. Sie können die Zahlen hier jederzeit entfernen; dann werden sie sofort gelöscht.',
    ],
    agree: 'Ich bin einverstanden, dass Zahlen über meine Körperbewegung dafür gespeichert und verwendet werden',
    explain:
      'Denken Sie sich eine Geste mit dem Arm aus, die zwei bis vier Sekunden dauert, und machen Sie fünfmal dieselbe. Kopf und Arme müssen im Bild sein.',
    take: 'Aufnahme {n} von {all}',
    begin: 'Aufnahme beginnen',
    taking: 'Jetzt Ihre Geste',
    different: 'Das war eine andere Geste als vorher. Bitte noch einmal dieselbe machen.',
    taken: 'Gut. Noch einmal dieselbe Geste',
  },
};
