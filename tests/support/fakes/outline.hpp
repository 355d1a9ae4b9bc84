#pragma once

#include "health/assess.hpp"

namespace dbpool {

/// Returns a judgement without the figures that were judged: its status, and each reason with its tier.
inline Judgement outline(Judgement judgement) {
  for (Finding& finding : judgement.findings) finding = {finding.reason, finding.tier};
  judgement.figures = {};
  return judgement;
}

}  // namespace dbpool
