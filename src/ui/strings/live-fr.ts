import type { liveEn } from './live-en.js';
import type { Words } from './words.js';

export const liveFr: Words<typeof liveEn> = {
  title: 'Montrez que vous êtes bien là',
  look: 'Regardez la caméra un instant',
  explain: 'On vous demandera trois mouvements brefs. L’écran est votre miroir.',
  explainGesture: 'On vous demandera trois mouvements brefs, puis votre geste. L’écran est votre miroir.',
  start: 'Commencer',
  number: '{n} sur {of}',
  skip: 'Je ne peux pas le faire',
  straight: 'Regardez la caméra bien en face',
  good: 'Bien !',
  secondsLeft: 'encore {n} secondes',
  light: {
    warn: 'L’écran va s’allumer en couleurs vives pendant environ deux secondes, avec trois changements par seconde au plus.',
    decline: 'Si une lumière qui clignote peut vous nuire, ne commencez pas : prenez l’autre moyen.',
    shown: 'Continuez à regarder l’écran',
    stop: 'Arrêter',
  },
  gesture: {
    ready: 'Votre geste : préparez-vous',
    now: 'Faites votre geste',
  },
  actions: {
    turn_left: 'Tournez la tête à gauche',
    turn_right: 'Tournez la tête à droite',
    look_up: 'Regardez en haut',
    look_down: 'Regardez en bas',
    open_mouth: 'Ouvrez la bouche',
    blink: 'Fermez brièvement les yeux',
    raise_left_hand: 'Levez la main gauche',
    raise_right_hand: 'Levez la main droite',
    lean_left: 'Penchez-vous à gauche',
    lean_right: 'Penchez-vous à droite',
  },
  hints: {
    no_face: 'Placez-vous devant la caméra',
    come_closer: 'Approchez-vous',
    one_person: 'Une seule personne, s’il vous plaît',
    look_straight: 'Regardez la caméra bien en face',
    hold_still: 'Ne bougez pas',
    show_shoulders: 'Reculez : on doit voir vos épaules et vos bras',
    turn_further: 'Encore un peu plus',
    wait_for_it: 'Attendez l’image du mouvement',
  },
  reasons: {
    ok: 'C’était juste. Continuez.',
    camera_not_allowed:
      'Cette caméra ne compte pas pour ce contrôle. Prenez un autre moyen, ou demandez à l’administration.',
    camera_changed: 'La caméra de cette borne a été remplacée. Prenez un autre moyen et prévenez l’administration.',
    camera_lost: 'La caméra s’est arrêtée entre-temps. Réessayez dans un instant, ou prenez un autre moyen.',
    frames_repeated:
      'La caméra envoie toujours la même image. Réessayez ; si cela continue, prévenez l’administration.',
    frames_missing: 'Des images de la caméra manquaient. Réessayez, ou prenez un autre moyen.',
    several_faces: 'Quelqu’un d’autre était dans l’image. Placez-vous seul devant la caméra et réessayez.',
    face_too_small: 'Vous étiez trop loin. Approchez-vous et réessayez.',
    no_network:
      'La borne ne peut pas vérifier cela en ce moment. Prenez un autre moyen, ou demandez à l’administration.',
    too_few_frames:
      'Votre visage n’a pas été vu assez longtemps. Réessayez et regardez la caméra jusqu’à ce que le cercle soit plein.',
    looks_like_picture:
      'La caméra vous a pris pour une image ou un écran. Réessayez sans lumière forte derrière vous, ou prenez un autre moyen.',
    no_movement: 'Aucun mouvement n’a été vu. Réessayez avec un mouvement ample.',
    flat_picture: 'Cela ressemble à une image plate. Réessayez avec un mouvement plus ample, ou prenez un autre moyen.',
    wrong_action: 'C’était un autre mouvement que celui demandé. Réessayez : la gauche et la droite sont les vôtres.',
    too_early: 'Vous avez bougé trop tôt. Réessayez et attendez l’image du mouvement.',
    too_late: 'Vous avez bougé trop tard. Réessayez et commencez dès que vous voyez le mouvement.',
    track_lost: 'Votre visage a été perdu entre-temps. Réessayez : restez dans l’image et bougez calmement.',
    page_gone: 'L’écran n’a pas montré le mouvement à temps. Réessayez.',
    out_of_time: 'Cela a pris trop de temps. Réessayez, ou prenez un autre moyen.',
    no_action_left: 'Il ne reste pas d’autre mouvement. Prenez un autre moyen.',
    other_face: 'Le visage n’est pas resté le même. Placez-vous seul devant la caméra et réessayez.',
    body_not_seen: 'Vos épaules et vos bras n’ont pas été vus. Reculez et réessayez.',
    pose_still: 'Presque aucun mouvement n’a été vu. Réessayez avec un geste plus ample.',
    pose_mismatch: 'Le geste ne ressemblait pas au vôtre. Réessayez, ou prenez un autre moyen.',
    no_pose_enrolled:
      'Aucun geste n’est configuré. Prenez un autre moyen ; vous pouvez en configurer un sur votre page.',
    light_mismatch: 'La lumière de l’écran n’a pas été vue sur votre visage. Approchez-vous et réessayez.',
    not_measured: 'Cela n’a pas pu être mesuré. Réessayez, ou prenez un autre moyen.',
    fault: 'Une erreur s’est produite dans la borne. Réessayez, ou prenez un autre moyen.',
  },
  own: {
    consent: [
      'À partir de cinq prises du même geste, cette borne calcule des nombres : votre posture et le trajet de votre bras. Elle s’en sert pour vérifier, quand vous voulez entrer, que le corps bouge comme le vôtre. Ce sont des données biométriques.',
      'Ces nombres sont conservés scellés sur cette borne et ne vont nulle part ailleurs. Les images des prises ne sont pas gardées. Le mouvement du corps n’ouvre jamais rien à lui seul.',
      'Vous pouvez refuser sans aucun désavantage : il existe un autre moyen pour tout. Vous pouvez retirer ces nombres ici à tout moment ; ils sont alors effacés aussitôt.',
    ],
    agree: 'J’accepte que des nombres sur mes mouvements soient conservés et utilisés dans ce but',
    explain:
      'Pensez à un geste du bras qui dure de deux à quatre secondes, et faites cinq fois le même. Votre tête et vos bras doivent être dans l’image.',
    take: 'Prise {n} sur {all}',
    begin: 'Commencer la prise',
    taking: 'Faites votre geste',
    different: 'C’était un autre geste qu’avant. Refaites le même.',
    taken: 'Bien. Encore une fois le même geste',
  },
};
