# ruff: noqa: E501 - mails and exports are written as they are
"""Bodies of e-mails as customers and agents write them, with what must be kept of each."""

from __future__ import annotations

# name, body, the lines that must be kept
GMAIL_FR = """Bonjour,

Je n'ai toujours pas reçu ma commande.

Le lun. 3 mars 2025 à 10:12, Service Client <service@boutique.example> a
écrit :

> Bonjour,
> Votre commande est partie.
>
> Le dim. 2 mars 2025 à 09:00, Anne Roy <anne.roy@gmail.com> a écrit :
>
>> Où est ma commande ?
"""
OUTLOOK_FR = """Bonjour Madame,

Merci de me confirmer la date du rendez-vous.

Cordialement,
Paul Mercier
Tél. : 06 39 98 12 34

De : Service Client <service@fibre.example>
Envoyé : lundi 3 mars 2025 10:12
À : Paul Mercier <paul.mercier@orange.fr>
Objet : RE: Rendez-vous technicien

Bonjour,

Un technicien passera bientôt.
"""
CASES: tuple[tuple[str, str, list[str]], ...] = (
    ("gmail_fr", GMAIL_FR, ["Bonjour,", "Je n'ai toujours pas reçu ma commande."]),
    (
        "outlook_fr",
        OUTLOOK_FR,
        [
            "Bonjour Madame,",
            "Merci de me confirmer la date du rendez-vous.",
            "Cordialement,",
            "Paul Mercier",
        ],
    ),
    (
        "outlook_original_fr",
        "Voici ma réponse : oui.\n\n-----Message d'origine-----\nDe : SAV [mailto:sav@x.example]\nEnvoyé : mardi 4 mars 2025 08:00\nÀ : Luc\nObjet : Panne\n\nEst-ce réglé ?",
        ["Voici ma réponse : oui."],
    ),
    (
        "outlook_rule",
        "Je confirme.\n\n________________________________\nDe : Banque <contact@banque.example>\nEnvoyé : jeudi 6 mars 2025 14:20:11\nÀ : Moi\nObjet : Virement\n\nMerci de confirmer.",
        ["Je confirme."],
    ),
    (
        "apple_fr",
        "Toujours rien ce matin.\n\nEnvoyé de mon iPhone\n\n> Le 3 mars 2025 à 10:12, Assistance <assistance@x.example> a écrit :\n> \n> Redémarrez la box.",
        ["Toujours rien ce matin."],
    ),
    (
        "thunderbird_fr",
        "Bonjour, le problème revient.\n\nLe 03/03/2025 à 10:12, Support a écrit :\n> Le ticket est clos.\n> Bonne journée",
        ["Bonjour, le problème revient."],
    ),
    (
        "yahoo_fr",
        "Je refuse cette offre.\n\nLe lundi 3 mars 2025 à 10:12:33 UTC+1, Jean <jean@x.example> a écrit :\n\nNous vous proposons 10 €.\nDites-nous oui.",
        ["Je refuse cette offre."],
    ),
    (
        "orange_webmail",
        'Merci de me rappeler.\n\n> Message du 03/03/25 10:12\n> De : "Service" <service@x.example>\n> A : luc@orange.fr\n> Copie à : \n> Objet : Votre demande\n> \n> Nous traitons votre demande.',
        ["Merci de me rappeler."],
    ),
    (
        "zimbra",
        'Ma réponse est non.\n\n----- Mail original -----\nDe: "Service" <service@x.example>\nÀ: "Luc" <luc@free.fr>\nEnvoyé: Lundi 3 Mars 2025 10:12:33\nObjet: Offre\n\nAcceptez-vous ?',
        ["Ma réponse est non."],
    ),
    (
        "samsung",
        "Ok pour jeudi\n\n\n\nEnvoyé depuis mon appareil Galaxy\n\n\n-------- Message d'origine --------\nDe : Agence <agence@x.example> \nDate : 03/03/2025  10:12  (GMT+01:00) \nÀ : luc@sfr.fr \nObjet : RDV \n\nJeudi 10 h ?",
        ["Ok pour jeudi"],
    ),
    (
        "outlook_mobile",
        "Je suis d'accord.\n\nTélécharger Outlook pour iOS\n________________________________\nDe : Léa <lea@x.example>\nEnvoyé : Monday, March 3, 2025 10:12:00 AM\nÀ : Luc <luc@outlook.fr>\nObjet : Avenant\n\nSignez l'avenant.",
        ["Je suis d'accord."],
    ),
    (
        "gmail_en",
        "Hi,\n\nIt still does not work.\n\nOn Mon, Mar 3, 2025 at 10:12 AM Support <support@x.example> wrote:\n\n> Please restart it.\n",
        ["Hi,", "It still does not work."],
    ),
    (
        "apple_en",
        "No, thank you.\n\nSent from my iPhone\n\n> On 3 Mar 2025, at 10:12, Care <care@x.example> wrote:\n> \n> Do you want to upgrade?",
        ["No, thank you."],
    ),
    (
        "outlook_en",
        "Please cancel it.\n\nKind regards,\nJohn Smith\nDirect: +44 20 7946 0123\n\nFrom: Billing <billing@x.example>\nSent: 03 March 2025 10:12\nTo: John Smith\nSubject: Invoice\n\nYour invoice is attached.",
        ["Please cancel it.", "Kind regards,", "John Smith"],
    ),
    (
        "original_en",
        "Done.\n\n-----Original Message-----\nFrom: Care\nSent: Monday, March 3, 2025 10:12 AM\nTo: John\nSubject: Form\n\nPlease fill the form.",
        ["Done."],
    ),
    (
        "bottom_post",
        "Le 03/03/2025 à 10:12, Support a écrit :\n> Avez-vous redémarré ?\n\nOui, deux fois, sans succès.\n\nMerci",
        ["Oui, deux fois, sans succès.", "Merci"],
    ),
    (
        "inline",
        "Mes réponses ci-dessous.\n\nLe 03/03/2025 à 10:12, Support a écrit :\n> Quel est votre modèle ?\nC'est une Box 5.\n> Depuis quand ?\nDepuis lundi.\n> Cordialement",
        ["Mes réponses ci-dessous.", "C'est une Box 5.", "Depuis lundi."],
    ),
    (
        "trap_le_paragraphe",
        "Bonjour,\n\nLe paragraphe qui pose problème est le 3.\nVous m'avez écrit :\n« le contrat est clos », ce qui est faux.\n\nMerci de corriger.",
        [
            "Bonjour,",
            "Le paragraphe qui pose problème est le 3.",
            "Vous m'avez écrit :",
            "« le contrat est clos », ce qui est faux.",
            "Merci de corriger.",
        ],
    ),
    (
        "trap_narration",
        "Le 3 mars 2025 à 10:12, votre conseiller m'a écrit :\nle remboursement part demain.\nNous sommes le 20, toujours rien.",
        [
            "Le 3 mars 2025 à 10:12, votre conseiller m'a écrit :",
            "le remboursement part demain.",
            "Nous sommes le 20, toujours rien.",
        ],
    ),
    (
        "trap_de_a",
        "Mon trajet est le suivant\nDe : Lyon\nÀ : Paris\nJe voudrais l'échanger.",
        ["Mon trajet est le suivant", "De : Lyon", "À : Paris", "Je voudrais l'échanger."],
    ),
    (
        "trap_list",
        "Je voudrais :\n- une facture\n- un duplicata\n\nEt ensuite clore le compte.",
        ["Je voudrais :", "- une facture", "- un duplicata", "Et ensuite clore le compte."],
    ),
    (
        "trap_phone_sentence",
        "Bonjour, rappelez-moi au 06 39 98 12 34 après 18 h.\n\nJe suis client depuis 2012.",
        ["Bonjour, rappelez-moi au 06 39 98 12 34 après 18 h.", "Je suis client depuis 2012."],
    ),
    (
        "trap_closing_then_text",
        "Bonjour,\nma ligne est coupée.\nMerci d'avance\n\nJe précise que j'ai déjà appelé deux fois hier.",
        [
            "Bonjour,",
            "ma ligne est coupée.",
            "Merci d'avance",
            "Je précise que j'ai déjà appelé deux fois hier.",
        ],
    ),
    (
        "trap_confidential",
        "Bonjour, je m'étonne que mes données confidentielles soient visibles par d'autres clients.\n\nMerci de répondre.",
        [
            "Bonjour, je m'étonne que mes données confidentielles soient visibles par d'autres clients.",
            "Merci de répondre.",
        ],
    ),
    (
        "dashes",
        "Je résilie mon contrat.\n\n-- \nClaire Petit\n12 rue des Lilas\n69003 Lyon\n06 39 98 55 44",
        ["Je résilie mon contrat."],
    ),
    (
        "disclaimer_fr",
        "Voici le RIB demandé.\n\nCordialement,\nMarc Blanc\nComptable\nSARL Blanc\n04 65 71 12 34\n\nCe message et ses pièces jointes sont confidentiels et destinés exclusivement à leur destinataire. Si vous l'avez reçu par erreur, merci de le détruire.",
        ["Voici le RIB demandé.", "Cordialement,", "Marc Blanc"],
    ),
    (
        "disclaimer_en",
        "See the attached form.\n\nBest regards,\nAnn Lee\n\nThis email and any attachments are confidential and intended solely for the addressee.\nIf you are not the intended recipient please delete it.",
        ["See the attached form.", "Best regards,", "Ann Lee"],
    ),
    (
        "environment",
        "C'est noté.\n\nBien cordialement,\nIda Roux\nwww.roux.example\n\nPensez à l'environnement avant d'imprimer ce message.",
        ["C'est noté.", "Bien cordialement,", "Ida Roux"],
    ),
    (
        "reference_kept",
        "Ma box clignote rouge.\n\nCordialement\nSophie Martin\nN° client : 4412087\n06 39 98 00 11\n3 place du Marché\n31000 Toulouse",
        ["Ma box clignote rouge.", "Cordialement", "Sophie Martin", "N° client : 4412087"],
    ),
    (
        "postscript",
        "Je paie demain.\n\nCordialement,\nEva Noël\n06 39 98 77 66\n\nPS : changez aussi mon adresse.",
        ["Je paie demain.", "Cordialement,", "Eva Noël", "PS : changez aussi mon adresse."],
    ),
    (
        "banner",
        "ATTENTION : ce courriel provient d'un expéditeur externe. Ne cliquez pas.\n\nBonjour,\nle colis est abîmé.",
        ["Bonjour,", "le colis est abîmé."],
    ),
    (
        "forward",
        "Pour suite à donner svp.\n\n---------- Forwarded message ---------\nDe : Nadia B <nadia@gmail.com>\nDate: lun. 3 mars 2025 à 10:12\nSubject: Réclamation\nTo: <agence@x.example>\n\nJe réclame un remboursement.",
        ["Pour suite à donner svp."],
    ),
    (
        "apple_forward",
        "Voir ci-dessous\n\nDébut du message transféré :\n\nDe: Nadia <nadia@gmail.com>\nObjet: Réclamation\nDate: 3 mars 2025 à 10:12:33 UTC+1\nÀ: agence@x.example\n\nJe réclame.",
        ["Voir ci-dessous"],
    ),
    (
        "contact_block_only",
        "Bonjour, je souhaite une copie de ma facture de mars.\n\nHugo Leroy\n8 avenue Foch\n33000 Bordeaux\n05 36 49 11 22",
        ["Bonjour, je souhaite une copie de ma facture de mars.", "Hugo Leroy"],
    ),
    ("avast", "Colis non reçu.\n\nSans virus.www.avast.com", ["Colis non reçu."]),
    (
        "formal_closing",
        "Je conteste l'amende.\n\nJe vous prie d'agréer, Madame, Monsieur, mes salutations distinguées.\n\nYves Caron",
        [
            "Je conteste l'amende.",
            "Je vous prie d'agréer, Madame, Monsieur, mes salutations distinguées.",
            "Yves Caron",
        ],
    ),
    (
        "agent_signature",
        "Bonjour Madame,\n\nVotre dossier est validé.\n\nBien à vous,\n\nLéa Morel\nConseillère clientèle\nService Relations Clients\nBanque Horizon SA au capital de 1 000 000 €\nTél : 01 99 00 12 34",
        ["Bonjour Madame,", "Votre dossier est validé.", "Bien à vous,", "Léa Morel"],
    ),
    (
        "no_reply_notice",
        "Votre demande est enregistrée.\n\nMerci de ne pas répondre à ce message, il est envoyé automatiquement.",
        ["Votre demande est enregistrée."],
    ),
    (
        "proton",
        "Non merci.\n\n------- Original Message -------\nOn Monday, March 3rd, 2025 at 10:12 AM, Care <care@x.example> wrote:\n\n> Interested?",
        ["Non merci."],
    ),
    (
        "wrote_by_name",
        "Ok.\n\nSupport Client <support@x.example> a écrit le 03/03/2025 10:12 :\n> Validez-vous ?",
        ["Ok."],
    ),
    (
        "old_gmail",
        "D'accord.\n\n2025-03-03 10:12 GMT+01:00 Service <service@x.example>:\n\n> Le prix est de 12 €.",
        ["D'accord."],
    ),
    (
        "bold_outlook",
        "Je valide.\n\n*De :* Service <service@x.example>\n*Envoyé :* lundi 3 mars 2025 10:12\n*À :* Luc\n*Objet :* Devis\n\nValidez le devis.",
        ["Je valide."],
    ),
)
