"""Make the sample offer ``kb/telecom-plus/offre-fibre-max.pdf``: the same bytes on every run.

Run it from anywhere with ``python examples/make_offer_pdf.py``; reportlab comes with the ``dev``
extra. The company, the offer and the figures are invented.
"""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    ListFlowable,
    ListItem,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

TARGET = Path(__file__).resolve().parent / "kb" / "telecom-plus" / "offre-fibre-max.pdf"

NIGHT, SKY, MIST, INK, GREY = (
    HexColor(code) for code in ("#12284C", "#1F7A8C", "#E8F1F2", "#1D1D24", "#6B7280")
)
BODY = ParagraphStyle(
    "body",
    fontName="Helvetica",
    fontSize=11,
    leading=16.5,
    textColor=INK,
    alignment=TA_JUSTIFY,
    spaceAfter=9,
)
SECTION = ParagraphStyle(
    "section",
    fontName="Helvetica-Bold",
    fontSize=16,
    leading=20,
    textColor=NIGHT,
    spaceBefore=8,
    spaceAfter=8,
    keepWithNext=1,
)
SUBSECTION = ParagraphStyle(
    "subsection",
    fontName="Helvetica-Bold",
    fontSize=13,
    leading=17,
    textColor=SKY,
    spaceBefore=12,
    spaceAfter=5,
    keepWithNext=1,
)
CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=10, leading=13, textColor=INK)
CELL_HEAD = ParagraphStyle("cell head", parent=CELL, fontName="Helvetica-Bold", textColor=white)

NOTE = ParagraphStyle("note", parent=BODY, fontSize=8.5, leading=11, textColor=GREY)

CONTENT = """
# 1. L'offre en bref

Fibre Max est la nouvelle offre internet de Télécom Plus pour le domicile, en vente à partir du 2
novembre 2026. Elle réunit une connexion par fibre optique jusqu'à 8 Gb/s, une box wifi 7, la
télévision et les appels vers les téléphones fixes et mobiles. Elle remplace l'offre Fibre
Confort, qui n'est plus vendue mais reste maintenue pour les clients qui l'ont déjà.

L'offre existe en trois formules : Essentielle, Famille et Pro à domicile. Toutes sont sans
engagement de durée et comprennent la garantie « connecté quoi qu'il arrive » : en cas de coupure,
une clé 4G de secours prend le relais en moins d'une minute.

## Les trois formules

|   | Essentielle | Famille | Pro à domicile
| Débit descendant | 1 Gb/s | 5 Gb/s | 8 Gb/s
| Débit montant | 700 Mb/s | 1 Gb/s | 8 Gb/s
| Wifi | wifi 6 | wifi 7 | wifi 7 et deux répéteurs
| Télévision | en option à 5 € | 140 chaînes | 140 chaînes
| Appels vers les mobiles | 0,15 € la minute | illimités | illimités
| Clé 4G de secours | 20 Go par mois | 50 Go par mois | 200 Go par mois

## À qui proposer Fibre Max ?

Proposez la formule Famille à partir de trois personnes au foyer ou de deux écrans utilisés en
même temps. La formule Pro à domicile s'adresse aux clients qui travaillent chez eux : elle
comprend une adresse IP fixe et un rétablissement garanti en huit heures ouvrées.

---

# 2. Prix et promotions

## Prix mensuels

Les prix sont toutes taxes comprises, location de la box incluse. La remise de lancement
s'applique pendant douze mois aux nouvelles souscriptions faites avant le 31 janvier 2027.

| Formule | Prix pendant 12 mois | Prix ensuite | Avec un forfait mobile Plus 100 ou 200
| Essentielle | 22,99 € | 31,99 € | 2 € de moins par mois
| Famille | 32,99 € | 43,99 € | 5 € de moins par mois
| Pro à domicile | 49,99 € | 59,99 € | 10 € de moins par mois

## Frais ponctuels

| Frais | Montant | Précision
| Mise en service | 39 € | offerte aux clients internet de Télécom Plus
| Raccordement sur le domaine public | 0 € | pris en charge par Télécom Plus
| Raccordement hors standard | sur devis | au-delà de 50 mètres sur le terrain privé
| Second décodeur de télévision | 6 € par mois | deux au plus
| Répéteur wifi supplémentaire | 4 € par mois | trois au plus
| Frais de clôture | 49 € | voir les conditions de résiliation
| Box non rendue | 150 € | trente jours après la résiliation

## Offre de remboursement des frais de l'ancien opérateur

Télécom Plus rembourse jusqu'à 150 € de frais de résiliation de l'ancien opérateur, sur envoi de
la facture de clôture dans les soixante jours qui suivent la mise en service. Le remboursement se
fait par virement sous quatre semaines.

---

# 3. Éligibilité et raccordement

## Vérifier l'éligibilité

L'éligibilité se vérifie avec l'adresse complète, le bâtiment et l'étage, dans l'outil « Ma Fibre
». Trois réponses sont possibles : raccordable, raccordable sur demande (délai de six mois au
plus), non raccordable. Le débit de 8 Gb/s n'est ouvert que dans les communes marquées « XGS »
dans l'outil ; ailleurs, le débit maximal est de 2 Gb/s.

## Déroulement du raccordement

1. Le client choisit un rendez-vous lors de la commande ; le délai moyen est de douze jours.
2. Il reçoit la box par colis ou la retire en boutique avant le passage du technicien.
3. Le technicien tire la fibre jusqu'à la prise, en deux à quatre heures.
4. Le technicien teste le débit avec le client et lui fait signer le compte rendu.
5. L'ancienne ligne est coupée le lendemain, une fois le numéro fixe transféré.

En immeuble, l'accord de la copropriété est nécessaire si les parties communes ne sont pas encore
équipées. En maison, le client doit rendre accessible le fourreau entre la rue et le logement. Un
locataire informe son propriétaire par lettre recommandée ; sans réponse sous trois mois, les
travaux peuvent être faits.

## Raccordement impossible ou retardé

Si le raccordement échoue, un second rendez-vous est fixé sous dix jours ouvrés. Après deux
échecs, le client peut annuler sa commande sans frais et reçoit un dédommagement de 50 €. En
attendant la mise en service, une clé 4G de 200 Go est prêtée sur simple demande.

---

# 4. Équipements et télévision

## La box Max

La box Max a un port 10 Gb/s, trois ports 1 Gb/s et le wifi 7 sur trois bandes. Elle consomme 12
watts en usage et 3 watts en veille programmée. Son unique voyant change de couleur : blanc fixe
quand tout va bien, bleu clignotant pendant une mise à jour, rouge fixe quand la fibre ne reçoit
plus de signal.

## Le décodeur et les chaînes

Le décodeur lit la 4K et enregistre 300 heures de programmes en ligne. Les bouquets s'ajoutent et
se retirent chaque mois depuis la télécommande, rubrique « Ma boutique ».

| Bouquet | Chaînes | Prix mensuel
| Cinéma Max | 12 chaînes et 400 films à la demande | 11,99 €
| Sport Max | 9 chaînes, football et rugby | 18,99 €
| Jeunesse | 16 chaînes sans publicité | 4,99 €
| Monde | 60 chaînes en dix langues | 7,99 €

## Garantie « connecté quoi qu'il arrive »

Quand la fibre tombe, la clé 4G branchée à la box prend le relais. Si la coupure dure plus de 24
heures, le mois en cours est remboursé sur la facture suivante pour les formules Famille et Pro à
domicile. Cette garantie remplace, pour Fibre Max, la remise habituelle de 15 € après une coupure.

---

# 5. Conditions de l'offre

## Changer de formule

Le client passe à une formule supérieure à tout moment et sans frais ; le nouveau prix s'applique
le jour même. Le passage à une formule inférieure est gratuit une fois par an, puis coûte 15 €. La
remise de lancement est conservée jusqu'à son terme.

## Passer de Fibre Confort à Fibre Max

Un client Fibre Confort garde son numéro et sa prise. La nouvelle box est envoyée sous trois jours
ouvrés et l'ancienne est à rendre sous trente jours. Aucun passage de technicien n'est nécessaire,
sauf pour le débit de 8 Gb/s, qui demande un nouveau module optique.

## Rétractation et résiliation

Le client a quatorze jours après la commande pour se rétracter, même si la ligne est déjà en
service ; seuls les jours utilisés sont alors facturés. La résiliation se demande dans l'espace
client et prend effet sous dix jours. Les frais de clôture de 49 € ne sont pas dus pendant les
trois premiers mois, ni en cas de déménagement vers un logement non couvert.

## Engagements de service

| Engagement | Essentielle et Famille | Pro à domicile
| Rétablissement après une panne | 48 heures | 8 heures ouvrées
| Assistance téléphonique | 8 h à 20 h, du lundi au samedi | jour et nuit
| Dédommagement en cas de retard | 5 € par jour | 15 € par jour
| Adresse IP fixe | en option à 3 € par mois | comprise

---

# 6. Questions fréquentes

## Le client peut-il garder son numéro de téléphone fixe ?

Oui. Il donne son code RIO, obtenu au 3179 depuis la ligne fixe, au moment de la commande. Le
numéro est transféré le lendemain de la mise en service.

## Que se passe-t-il à la fin des douze mois de promotion ?

Le prix normal s'applique au treizième mois. Le client est prévenu par courriel et par SMS trente
jours avant, et peut changer de formule sans frais à ce moment-là.

## Le wifi 7 fonctionne-t-il avec les anciens appareils ?

Oui. La box Max reste compatible avec le wifi 4, 5 et 6 ; un ancien appareil se connecte à la
vitesse qu'il accepte.

## Peut-on installer soi-même la fibre ?

Seulement si le logement a déjà une prise optique active. Le client branche alors la box, et la
mise en service se fait seule en trente minutes.

## La clé 4G de secours peut-elle servir en vacances ?

Non. Elle ne fonctionne qu'à l'adresse du contrat et quand la fibre est coupée.

## Le client est-il engagé ?

Non. Aucune formule n'a de durée d'engagement. Seuls les frais de clôture et la restitution du
matériel s'appliquent au départ.

## Fibre Max est-elle compatible avec le tarif social ?

Oui, pour la formule Essentielle : le prix est de 15,99 € par mois sur présentation de
l'attestation de la caisse d'allocations familiales, renouvelée chaque année.

> Document destiné aux conseillers. Société, offre et montants fictifs. Assistance interne : 01 99
00 24 99.
"""


def _table(rows: list[list[str]], width: float) -> Table:
    cells = [
        [Paragraph(cell, CELL_HEAD if row == 0 else CELL) for cell in line]
        for row, line in enumerate(rows)
    ]
    table = Table(cells, colWidths=[width / len(rows[0])] * len(rows[0]), repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), NIGHT),
                ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, MIST]),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#C9D6DF")),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 0), (-1, -1), 6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        )
    )
    return table


def _flowables(width: float) -> list[Flowable]:
    """Turn the content, blocks parted by blank lines, into what reportlab sets."""
    story: list[Flowable] = [NextPageTemplate("inside"), Spacer(1, 62 * mm)]
    for block in CONTENT.strip().split("\n\n"):
        lines = block.split("\n")
        if block == "---":
            story.append(PageBreak())
        elif block.startswith("# "):
            story.append(Paragraph(block[2:], SECTION))
            story.append(
                HRFlowable(width="18%", thickness=2, color=SKY, hAlign="LEFT", spaceAfter=8)
            )
        elif block.startswith("## "):
            story.append(Paragraph(block[3:], SUBSECTION))
        elif block.startswith("|"):
            rows = [[cell.strip() for cell in line.split("|")[1:]] for line in lines]
            story += [Spacer(1, 2), _table(rows, width), Spacer(1, 10)]
        elif block.startswith("1. "):
            items = [Paragraph(line.split(". ", 1)[1], BODY) for line in lines]
            story.append(
                ListFlowable(
                    [ListItem(item, leftIndent=14) for item in items],
                    bulletType="1",
                    bulletFormat="%s.",
                    bulletFontName="Helvetica",
                    bulletFontSize=11,
                    bulletColor=INK,
                )
            )
        elif block.startswith("> "):
            story += [Spacer(1, 12), Paragraph(" ".join(lines)[2:], NOTE)]
        else:
            story.append(Paragraph(" ".join(lines), BODY))
    return story


def _cover(canvas: Canvas, _: BaseDocTemplate) -> None:
    width, height = A4
    canvas.setFillColor(NIGHT)
    canvas.rect(0, height - 78 * mm, width, 78 * mm, stroke=0, fill=1)
    canvas.setFillColor(SKY)
    canvas.rect(0, height - 81 * mm, width, 3 * mm, stroke=0, fill=1)
    for step, radius in enumerate((34, 26, 18, 10)):
        canvas.setStrokeColor(HexColor(("#1B3A66", "#23548A", "#2E78A8", "#7CC6D6")[step]))
        canvas.setLineWidth(2.2)
        canvas.circle(width - 42 * mm, height - 38 * mm, radius * mm / 1.25, stroke=1, fill=0)
    canvas.setFillColor(white)
    canvas.setFont("Helvetica-Bold", 32)
    canvas.drawString(22 * mm, height - 42 * mm, "Fibre Max")
    canvas.setFont("Helvetica", 14)
    canvas.drawString(22 * mm, height - 52 * mm, "Fiche offre pour les conseillers")
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(22 * mm, height - 22 * mm, "TÉLÉCOM PLUS")
    canvas.setFont("Helvetica", 9)
    canvas.drawString(22 * mm, height - 66 * mm, "Version du 2 novembre 2026")
    _footer(canvas)


def _inside(canvas: Canvas, _: BaseDocTemplate) -> None:
    width, height = A4
    canvas.setFillColor(NIGHT)
    canvas.rect(0, height - 14 * mm, width, 14 * mm, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont("Helvetica-Bold", 9)
    canvas.drawString(22 * mm, height - 9 * mm, "Télécom Plus · Fibre Max")
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(width - 22 * mm, height - 9 * mm, "Fiche offre, 2 novembre 2026")
    _footer(canvas)


def _footer(canvas: Canvas) -> None:
    canvas.setFillColor(GREY)
    canvas.setFont("Helvetica", 8)
    canvas.drawString(22 * mm, 11 * mm, "Usage interne : ne pas remettre au client")
    canvas.drawRightString(A4[0] - 22 * mm, 11 * mm, f"Page {canvas.getPageNumber()}")


def make(target: Path = TARGET) -> Path:
    """Write the PDF and return its path."""
    document = BaseDocTemplate(
        str(target),
        pagesize=A4,
        invariant=1,
        title="Fibre Max : fiche offre pour les conseillers",
        author="Télécom Plus",
        subject="Offre internet par fibre",
        lang="fr-FR",
    )
    frame = Frame(22 * mm, 18 * mm, A4[0] - 44 * mm, A4[1] - 40 * mm, 0, 0, 0, 0)
    document.addPageTemplates(
        [
            PageTemplate("cover", [frame], onPage=_cover),
            PageTemplate("inside", [frame], onPage=_inside),
        ]
    )
    document.build(_flowables(A4[0] - 44 * mm))
    return target


if __name__ == "__main__":
    make()
