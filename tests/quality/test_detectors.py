"""Small conversations with traps: what each question must say, and what it must not."""

from __future__ import annotations

import pytest

from quality import load_scorecard

# name, language, script, expected values (None: not applicable, "?": not assessable)
CALLS = {
    "greeting_quoted_by_the_customer": (
        "fr",
        """
        agent 0 2 Oui allô, je vous écoute.
        customer 3 12 Votre collègue m'a dit bonjour, bienvenue chez Télécom Plus, je m'appelle Claire, que puis-je faire pour vous, et puis plus rien.
        agent 13 16 D'accord, c'est noté, au revoir.
        """,
        {"ACC1": 0, "ACC2": 1, "CON3": 0.5},
    ),
    "greeting_too_late": (
        "fr",
        """
        agent 0 3 Oui, un instant.
        customer 4 9 Bonjour, je vous appelle pour ma facture.
        agent 20 26 Bonjour, Banque Horizon, je m'appelle Paul, que puis-je faire pour vous ?
        customer 27 29 Ma facture est fausse.
        """,
        {"ACC1": 0, "ACC2": 0},
    ),
    "greeting_without_first_name": (
        "fr",
        """
        agent 0 4 Télécom Plus bonjour, que puis-je faire pour vous ?
        customer 5 8 Bonjour, je voudrais un renseignement.
        """,
        {"ACC1": 0.5, "ACC2": 1},
    ),
    "restated_without_check": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre service.
        customer 5 12 Bonjour, depuis lundi je ne reçois plus la télévision sur mon décodeur.
        agent 13 24 Si j'ai bien compris, la télévision ne marche plus. Je vais lancer un test sur votre ligne et redémarrer le décodeur à distance.
        customer 25 27 D'accord, allez-y.
        agent 60 70 Le signal est revenu. Vous allez le voir dans quelques minutes sur votre écran.
        customer 100 104 Oui, cela marche, merci.
        """,
        {"DEC3": 0.5},
    ),
    "restated_and_confirmed": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre service.
        customer 5 12 Bonjour, depuis lundi je ne reçois plus la télévision sur mon décodeur.
        agent 13 18 Si j'ai bien compris, la télévision ne marche plus mais internet oui, c'est bien cela ?
        customer 19 20 Oui, exactement.
        agent 21 60 Je regarde la ligne et je vous explique ensuite la marche à suivre pas à pas.
        customer 70 104 Très bien, merci.
        """,
        {"DEC3": 1},
    ),
    "restated_and_corrected": (
        "en",
        """
        agent 0 5 Good morning, thank you for calling Platinum Motors, my name is Michelle, how may I help you?
        customer 6 14 Hi, I was charged twice for the oil change last week.
        agent 15 19 If I understand correctly, you were charged twice for the tyres?
        customer 20 23 No, for the oil change.
        agent 24 60 Thank you. I can refund one of the charges, it takes three business days.
        customer 70 100 Okay, thank you.
        """,
        {"ACC1": 1, "ACC2": 1, "DEC3": 1, "PRO1": 1},
    ),
    "question_about_identity_is_no_restatement": (
        "fr",
        """
        agent 0 4 Bonjour, Banque Horizon, Paul à votre écoute.
        customer 5 9 Bonjour, je souhaite changer mon plafond.
        agent 10 15 Vous pouvez me confirmer votre date de naissance et votre adresse ?
        customer 16 22 Oui, le douze mars quatre-vingt-cinq, huit rue de Lyon.
        agent 60 70 Merci. Le plafond passe à deux mille euros.
        """,
        {"DEC3": 0},
    ),
    "hold_never_announced": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre écoute.
        customer 5 9 Bonjour, je voudrais savoir où en est mon dossier.
        agent 10 11 Alors.
        agent 31 36 Voilà, il est complet, tout va bien.
        customer 37 39 Merci, au revoir.
        """,
        {"TRA4": 0},
    ),
    "hold_announced_without_thanks": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre écoute.
        customer 5 9 Bonjour, je voudrais savoir où en est mon dossier.
        agent 10 14 Je vais consulter le service technique, ne quittez pas.
        agent 44 48 Voilà, il est complet, tout va bien.
        customer 49 51 Merci, au revoir.
        """,
        {"TRA4": 0.5},
    ),
    "hold_with_all_its_manners": (
        "en",
        """
        agent 0 5 Hello, this is Platinum Motors, my name is Ann, how can I help you?
        customer 6 9 I need my invoice again.
        agent 10 15 May I put you on a brief hold while I check with the garage?
        customer 16 17 Sure.
        agent 50 55 Thank you for holding. I have sent it to you.
        """,
        {"TRA4": 1},
    ),
    "nobody_waits": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre écoute.
        customer 5 9 Bonjour, quels sont vos horaires ?
        agent 10 14 Nous ouvrons à huit heures. Bonne journée.
        """,
        {"TRA4": None, "SAV2": None, "OBJ1": None, "IDE1": "?", "IDE2": "?"},
    ),
    "transfer_without_reason": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre écoute.
        customer 5 9 Bonjour, ma ligne est coupée.
        agent 10 12 Je vous passe le service technique.
        """,
        {"TRA4": 0.5},
    ),
    "apology_that_is_no_empathy": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre écoute.
        customer 5 12 Ma connexion ne marche plus, je suis très en colère.
        agent 13 16 Désolée, je n'ai pas entendu.
        customer 17 20 Ma connexion ne fonctionne plus !
        agent 21 25 Quel est votre numéro de client ?
        """,
        {"SAV2": 0},
    ),
    "apology_only": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre écoute.
        customer 5 12 Ma connexion ne marche plus, je suis très en colère.
        agent 13 16 Je suis désolée pour ce désagrément. Je regarde votre ligne.
        """,
        {"SAV2": 0.5},
    ),
    "understanding_the_question_is_no_empathy": (
        "en",
        """
        agent 0 4 Hello, Acme support, this is Bob, how can I help?
        customer 5 12 My router is broken and I am really frustrated.
        agent 13 18 I understand you want a new router. What is your account number?
        """,
        {"SAV2": 0},
    ),
    "empathy_in_english": (
        "en",
        """
        agent 0 4 Hello, Acme support, this is Bob, how can I help?
        customer 5 12 My router is broken and I am really frustrated.
        agent 13 18 I completely understand how frustrating this must be.
        """,
        {"ACC1": 1, "SAV2": 1},
    ),
    "black_words_by_the_customer": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre écoute, je vous en prie.
        customer 5 12 C'est impossible, vous n'avez qu'à rembourser, c'est votre faute, calmez-vous.
        agent 13 18 Pas de problème, je regarde cela avec plaisir.
        """,
        {"SAV1": 1},
    ),
    "black_words_by_the_agent": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre écoute.
        customer 5 9 Je voudrais un remboursement.
        agent 10 20 C'est impossible. Ce n'est pas mon service, vous auriez dû lire le contrat. Calmez-vous.
        """,
        {"SAV1": 0},
    ),
    "authentication_after_disclosure": (
        "fr",
        """
        agent 0 4 Bonjour, Banque Horizon, Paul à votre écoute.
        customer 5 9 Bonjour, combien me reste-t-il ?
        agent 10 15 Votre solde est de deux cents euros.
        customer 16 18 Merci.
        agent 19 24 Pouvez-vous me donner votre nom et votre date de naissance ?
        customer 25 28 Marc Dubois, le douze mars.
        """,
        {"IDE2": 0},
    ),
    "one_identifier_is_not_enough": (
        "fr",
        """
        agent 0 4 Bonjour, Banque Horizon, Paul à votre écoute.
        customer 5 9 Bonjour, combien me reste-t-il ?
        agent 10 15 Pouvez-vous me donner votre nom ?
        customer 16 18 Marc Dubois.
        agent 19 24 Votre solde est de deux cents euros, monsieur Dubois.
        """,
        {"IDE1": 1, "IDE2": 0.5},
    ),
    "authentication_in_english": (
        "en",
        """
        agent 0 4 Good afternoon, Horizon Bank, this is Paul, how may I help you?
        customer 5 9 Hi, what is my balance?
        agent 10 15 Could you please confirm your full name and your date of birth?
        customer 16 20 My name is John Carter, the second of May eighty.
        agent 21 26 Thank you, Mr. Carter. Your balance is two hundred pounds.
        """,
        {"IDE1": 1, "IDE2": 1, "DEC1": 1},
    ),
    "customer_cut_twice": (
        "fr",
        """
        agent 0 4 Bonjour, Télécom Plus, Claire à votre écoute.
        customer 5 12 Bonjour, voilà, depuis lundi ma box redémarre toute seule et je
        agent 10 16 Oui mais avez-vous regardé les voyants de la box avant de nous appeler
        customer 17 24 Oui, ils sont verts, mais comme je vous le disais elle redémarre quand
        agent 22 28 Il faut la débrancher puis attendre dix secondes avant de la rebrancher
        """,
        {"DEC1": 0},
    ),
    "warning_not_to_give_a_secret": (
        "fr",
        """
        agent 0 4 Bonjour, Banque Horizon, Paul à votre écoute.
        customer 5 9 J'ai perdu mon mot de passe.
        agent 10 18 Ne me donnez jamais votre mot de passe ni votre code secret. Je vous envoie un lien pour réinitialiser votre mot de passe.
        """,
        {"EL1": 1},
    ),
    "security_code_asked_for": (
        "en",
        """
        agent 0 4 Hello, Acme shop, this is Bob, how can I help?
        customer 5 9 I want to pay.
        agent 10 16 Can you give me the security code on the back of the card?
        customer 17 19 It's one two three.
        """,
        {"EL1": 0},
    ),
    "card_number_in_words": (
        "fr",
        """
        agent 0 4 Bonjour, Acme, Paul à votre écoute.
        customer 5 20 Ma carte est quarante et un onze onze onze onze onze onze onze.
        agent 21 23 C'est noté, merci.
        """,
        {"EL1": 0},
    ),
    "loyalty_card_is_no_payment_card": (
        "fr",
        """
        agent 0 4 Bonjour, Acme, Paul à votre écoute.
        customer 5 9 Je voudrais connaître mes points.
        agent 10 15 Quel est votre numéro de carte de fidélité ?
        customer 16 20 Douze trente-quatre.
        """,
        {"EL1": 1},
    ),
    "insult": (
        "fr",
        """
        agent 0 4 Bonjour, Acme, Paul à votre écoute.
        customer 5 9 Vous êtes nul.
        agent 10 13 Pauvre type, allez vous faire voir.
        """,
        {"EL2": 0},
    ),
    "commitment_not_recalled": (
        "fr",
        """
        agent 0 4 Bonjour, Acme, Paul à votre écoute.
        customer 5 9 Mon colis est perdu.
        agent 10 16 Un nouveau colis vous sera envoyé sous trois jours.
        customer 30 80 Très bien, alors je vous explique aussi autre chose sur ma commande d'avant.
        agent 90 94 Je comprends. Bonne journée, au revoir.
        """,
        {"CON1": 0, "CON2": 0, "CON3": 0.5},
    ),
    "commitment_recalled_with_its_delay": (
        "en",
        """
        agent 0 4 Hello, Acme shop, this is Bob, how can I help?
        customer 5 9 My parcel is missing. My name is Jane Roe.
        agent 10 60 I can send you a new one, let me write this down and arrange it with the store.
        agent 61 70 You will receive it within three days. Is there anything else I can do for you?
        customer 71 72 No, thanks.
        agent 73 78 Thank you for calling, Jane. Have a nice day.
        """,
        {"CON1": 1, "CON2": 1, "CON3": 1},
    ),
}

MESSAGES = {
    "good_chat": (
        "fr",
        "chat",
        """
        customer +0 Bonjour, mon colis n'est toujours pas arrivé, c'est inadmissible. Je m'appelle Julie Martin, commande 4521.
        agent +30 Bonjour Madame Martin, bienvenue chez Mode & Co, je suis Léa, votre conseillère. Que puis-je faire pour vous ?
        customer +60 Je veux mon colis.
        agent +90 Je comprends votre impatience. Si j'ai bien compris, vous attendez la commande 4521 depuis lundi ?
        customer +100 Oui, c'est ça.
        agent +160 Je vous propose un renvoi : vous recevrez le colis sous 48 heures.
        agent +170 Avez-vous une autre question ?
        customer +200 Non merci
        agent +210 Merci à vous Madame Martin, bonne journée !
        """,
        {
            "ACC1": 1, "ACC2": 1, "IDE1": 1, "DEC1": 1, "DEC3": 1, "TRA4": 1, "PRO1": 1,
            "CON2": 1, "CON3": 1, "SAV1": 1, "SAV2": 1,
        },
    ),
    "late_and_careless_chat": (
        "fr",
        "chat",
        """
        customer +0 Bonjour, où est ma commande ?
        agent +400 slt, g pas d'info sur ta cmd, pb de livraison !!!!
        """,
        {"ACC1": 0, "DEC1": 0, "TRA4": 0, "CON3": 0},
    ),
    "good_email": (
        "fr",
        "email",
        """
        customer +0 Bonjour,\\nJ'ai été débité deux fois pour ma facture de mai.\\nCordialement,\\nMarc Dubois
        agent +7200 Bonjour Monsieur Dubois,\\n\\nNous avons bien noté que votre facture de mai a été prélevée deux fois et je comprends votre inquiétude. Vous serez remboursé sous cinq jours ouvrés.\\n\\nN'hésitez pas à nous recontacter.\\nMerci de votre confiance.\\nCordialement,\\nLéa Petit\\nService clients Télécom Plus
        """,
        {
            "ACC1": 1, "ACC2": None, "IDE1": 1, "DEC1": 1, "DEC3": 1, "TRA4": 1, "CON1": 1,
            "CON2": 1, "CON3": 1, "SAV2": 1,
        },
    ),
    "email_that_only_quotes_the_greeting": (
        "fr",
        "email",
        """
        customer +0 Bonjour, ma box est en panne.
        agent +90000 > Bonjour, bienvenue chez Télécom Plus, je m'appelle Claire\\nRedémarrez-la.
        """,
        {"ACC1": 0, "DEC1": 0.5, "CON3": 0, "SAV2": 0},
    ),
    "good_english_chat": (
        "en",
        "chat",
        """
        customer +0 Hi, my name is John Smith and my order 8812 hasn't arrived.
        agent +20 Hello Mr. Smith, welcome to Acme, my name is Anna. How can I help you today?
        customer +40 I want to know where it is, this is ridiculous.
        agent +60 I understand how frustrating that is. You will receive it by Friday.
        agent +65 Is there anything else I can help you with?
        customer +80 no
        agent +90 Thank you Mr. Smith, have a great day!
        """,
        {
            "ACC1": 1, "ACC2": 1, "IDE1": 1, "DEC1": 1, "TRA4": 1, "CON1": 1, "CON2": 1,
            "CON3": 1, "SAV2": 1,
        },
    ),
    "careless_english_email": (
        "en",
        "email",
        """
        customer +0 Hello, I never received my refund.
        agent +300000 U should of told us before, we will definately not pay.
        """,
        {"ACC1": 0, "DEC1": 0, "TRA4": 0, "CON3": 0},
    ),
}  # fmt: skip


def shown(item):
    return {"not_applicable": None, "not_assessable": "?"}.get(item.status, item.value)


@pytest.mark.parametrize("name", CALLS)
def test_calls_with_traps(name, call, judge):
    language, script, expected = CALLS[name]
    items = judge(call(script, language=language))
    assert {id_: shown(items[id_]) for id_ in expected} == expected


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_with_traps(name, messages, judge):
    language, channel, script, expected = MESSAGES[name]
    items = judge(messages(script, channel=channel, language=language))
    assert {id_: shown(items[id_]) for id_ in expected} == expected
