#pragma once
// Everything: includes all headers of scaup and declares nothing.

#include "scaup/chunker.hpp"
#include "scaup/clock.hpp"
#include "scaup/collection.hpp"
#include "scaup/config.hpp"
#include "scaup/database.hpp"
#include "scaup/document.hpp"
#include "scaup/embedder.hpp"
#include "scaup/file_system.hpp"
#include "scaup/filter.hpp"
#include "scaup/loader.hpp"
#include "scaup/metric.hpp"
#include "scaup/query.hpp"
#include "scaup/result.hpp"
#include "scaup/retriever.hpp"
#include "scaup/vector_store.hpp"
#include "scaup/version.hpp"
