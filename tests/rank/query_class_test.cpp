#include <limits>
#include <string_view>

#include "scaup/fusion.hpp"
#include "support/catch.hpp"

using namespace scaup;

TEST_CASE("query class: several questions, comparisons and joined question words are multi-part") {
  for (const std::string_view question :
       {"What is a buoy? Who maintains it?", "Compare the two harbours in terms of depth", "tide tables; opening hours",
        "What is the difference between a lock and a weir", "Explain the rule, and why it was made",
        "Who built the mole and when was it repaired", "the old pier VERSUS the new pier in a storm",
        "Tell me how it works, what it costs"}) {
    INFO(question);
    REQUIRE(classify_query(question) == QueryClass::multi_part);
  }
}

TEST_CASE("query class: short, exact and measuring questions are factual") {
  for (const std::string_view question :
       {"harbour master", "tide", "Who built the mole of the northern harbour", "where do the ferries leave in winter",
        "What happened to the fishing fleet in 1953", "How many ships may lie at the northern quay",
        "the meaning of \"berth\" in these rules", "what does max_retry do in the client",
        "what is the NATO alphabet for"}) {
    INFO(question);
    REQUIRE(classify_query(question) == QueryClass::factual);
  }
}

TEST_CASE("query class: everything else is conceptual") {
  for (const std::string_view question :
       {"Why is the sky blue over the sea", "how does a lock lift a ship", "explain the tides to a child",
        "What makes a harbour safe in a storm", "", "  ?! "}) {
    INFO(question);
    REQUIRE(classify_query(question) == QueryClass::conceptual);
  }
}

TEST_CASE("query class: a question word inside a clause does not make it multi-part") {
  REQUIRE(classify_query("explain the place where rivers end slowly") == QueryClass::conceptual);
  REQUIRE(classify_query("Why, in general, do ships float at all") == QueryClass::conceptual);
}

TEST_CASE("query class: weights sum to 1 and stay in range") {
  REQUIRE(weights_for(QueryClass::factual, 0.3).dense == Approx(0.15));
  REQUIRE(weights_for(QueryClass::conceptual, 0.3).dense == Approx(0.45));
  REQUIRE(weights_for(QueryClass::multi_part, 0.3).dense == Approx(0.3));
  REQUIRE(weights_for(QueryClass::conceptual, 0.9).dense == 1);
  REQUIRE(weights_for(QueryClass::conceptual, -1).dense == 0);
  REQUIRE(weights_for(QueryClass::multi_part, std::numeric_limits<double>::quiet_NaN()).dense == 0);
  for (const QueryClass query_class : {QueryClass::factual, QueryClass::conceptual, QueryClass::multi_part}) {
    const HybridWeights weights = weights_for(query_class, 0.4);
    REQUIRE(weights.dense + weights.keyword == Approx(1));
  }
}
