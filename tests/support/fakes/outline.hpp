#pragma once

#include "health/assess.hpp"

namespace dbpool {

/// Returns a judgement without the figures that were judged and without its end: its status, and each reason
/// with its tier.
inline Judgement outline(Judgement judgement) {
  for (Finding& finding : judgement.findings) finding = {finding.reason, finding.tier};
  judgement.figures = {};
  judgement.ended.reset();
  return judgement;
}

}  // namespace dbpool
