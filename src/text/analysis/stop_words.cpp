// Stop words: articles, pronouns, prepositions, conjunctions and forms of "to be" and "to have" of each language.

#include "text/analysis/stop_words.hpp"

#include <array>

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kEnglish =
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with";

constexpr std::string_view kDanish =
    "af alle at da de dem den der det du efter ej eller en er et for fra han har havde hun i ikke jeg kan man med men "
    "mod når og også om op over på sig sin som til ud under var vi vil være";

constexpr std::string_view kDutch =
    "aan al als bij dan dat de der deze die dit door een en er geen haar had heb hebben heeft het hij hoe hun ik in is "
    "ja je kan maar me met mijn naar niet nog nu of om ons ook op over te tot uit van voor was wat we wel werd wie "
    "wordt zal ze zich zij zijn zo zou";

constexpr std::string_view kFinnish =
    "ei en että he hän ja jos joka jotka kanssa kuin kun me minä mitä mukaan mutta ne niin noin nyt ole oli olla on "
    "ovat se sekä sen siitä sinä sitä tai te tämä vaan vai";

constexpr std::string_view kFrench =
    "à au aux avec c ce ces d dans de des du elle elles en est et été être eu il ils j je l la le les leur leurs lui m "
    "ma mais me mes mon n ne nos notre nous on ont ou où par pas pour qu que qui s sa sans se ses son sont sur t ta te "
    "tes toi ton tu un une vos votre vous y";

constexpr std::string_view kGerman =
    "aber als am an auch auf aus bei bin bis bist da damit dann das dass dem den der des die dir du durch ein eine "
    "einem einen einer eines er es für hat hatte ich ihr im in ins ist kein keine mein mich mir mit nach nicht noch "
    "nur "
    "ob oder sein seine sich sie sind so über um und uns unter vom von vor war waren was wenn werden wie wir wird zu "
    "zum zur zwischen";

constexpr std::string_view kHungarian =
    "a az és de egy ez hogy ha is ki mi meg mint nem ő sem van volt vagy azt ezt el csak még már";

constexpr std::string_view kItalian =
    "a ad agli ai al alla alle allo anche c che chi ci come con cui d da dagli dai dal dalla dalle dallo degli dei del "
    "della delle dello di e ed era gli ha hanno ho i il in io l la le lei li lo loro lui ma mi ne nei nel nella nelle "
    "nello noi non o per più quale quanto quella quello questa questo se si sono su sua sue sugli sui sul sulla sulle "
    "sullo suo suoi ti tra tu un una uno vi voi";

constexpr std::string_view kNorwegian =
    "alle at av da de deg dei dem den der det du eller en er et etter for fra ha han har hun i ikke jeg kan med men "
    "meg "
    "mot når og også om opp over på seg sin som til ut var vi vil være";

constexpr std::string_view kPortuguese =
    "a ao aos as às com como da das de dela dele do dos e é ela elas ele eles em entre era essa esse esta este eu foi "
    "foram há isso isto já lhe mais mas me mesmo meu minha muito na não nas nem no nos nós o os ou para pela pelas "
    "pelo "
    "pelos por que quem se sem ser seu seus só sua suas também te tem um uma você vos";

constexpr std::string_view kRussian =
    "а без бы был была были было быть в вам вас весь во вот все всего вы где да для до его ее если есть еще же за и из "
    "или им их к как ко когда кто ли мне мы на не него нет ни но ну о об он она они от по под при с со так также там "
    "то только ты у уже что чтобы это этот я";

constexpr std::string_view kSpanish =
    "a al algo como con cuando de del desde donde e el él ella ellos en entre era es esa ese eso esta este esto fue ha "
    "han hasta hay la las le les lo los más me mi muy ni no nos o os para pero por porque que quien se ser si sí sin "
    "sobre son su sus también te tu tú un una uno unos y ya yo";

constexpr std::string_view kSwedish =
    "alla att av de dem den denna det detta du där då efter ej eller en er ett från för ha hade han har hon i inte jag "
    "kan man med men mot när och också om på sig sin som så till under upp ut var vi vid vill är över";

constexpr std::array kLanguages = {
    Language{"arabic", ""},
    Language{"armenian", ""},
    Language{"basque", ""},
    Language{"catalan", ""},
    Language{"danish", kDanish},
    Language{"dutch", kDutch},
    Language{"english", kEnglish},
    Language{"finnish", kFinnish},
    Language{"french", kFrench},
    Language{"german", kGerman},
    Language{"greek", ""},
    Language{"hindi", ""},
    Language{"hungarian", kHungarian},
    Language{"indonesian", ""},
    Language{"irish", ""},
    Language{"italian", kItalian},
    Language{"lithuanian", ""},
    Language{"nepali", ""},
    Language{"norwegian", kNorwegian},
    Language{"portuguese", kPortuguese},
    Language{"romanian", ""},
    Language{"russian", kRussian},
    Language{"serbian", ""},
    Language{"spanish", kSpanish},
    Language{"swedish", kSwedish},
    Language{"tamil", ""},
    Language{"turkish", ""},
    Language{"yiddish", ""},
};

}  // namespace

std::span<const Language> languages() noexcept {
  return kLanguages;
}

std::string_view english_stop_words() noexcept {
  return kEnglish;
}

}  // namespace scaup::inline v0
