/* The numbers of a block that are printed under a key; see stats.h. Keys are
 * documented in sescope-stats(1) and stay. */
#include "cli/stats.h"

#define OF_BLOCK(X) \
    X(mean, false, mean) \
    X(sd, false, sd) \
    X(eta_squared, false, eta_squared.value) \
    X(eta_squared_low, false, eta_squared.low) \
    X(eta_squared_high, false, eta_squared.high) \
    X(omega_squared, false, omega_squared.value) \
    X(omega_squared_low, false, omega_squared.low) \
    X(omega_squared_high, false, omega_squared.high) \
    X(eta_squared_q05, false, eta_quantiles[0]) \
    X(eta_squared_q25, false, eta_quantiles[1]) \
    X(eta_squared_q50, false, eta_quantiles[2]) \
    X(eta_squared_q75, false, eta_quantiles[3]) \
    X(eta_squared_q95, false, eta_quantiles[4]) \
    X(omega_squared_q05, false, omega_quantiles[0]) \
    X(omega_squared_q25, false, omega_quantiles[1]) \
    X(omega_squared_q50, false, omega_quantiles[2]) \
    X(omega_squared_q75, false, omega_quantiles[3]) \
    X(omega_squared_q95, false, omega_quantiles[4]) \
    X(null, false, null) \
    X(null_95, false, null_high) \
    X(p, false, p) \
    X(decodability, false, decodability.value) \
    X(decodability_low, false, decodability.low) \
    X(decodability_high, false, decodability.high) \
    X(ridge, false, ridge.value) \
    X(ridge_low, false, ridge.low) \
    X(ridge_high, false, ridge.high) \
    X(chance, false, chance) \
    X(distance, false, distance) \
    X(correlation, false, correlation) \
    X(within, false, within) \
    X(between, false, between) \
    X(above_99, false, above_99) \
    X(below_01, false, below_01) \
    X(from_one, false, from_one) \
    X(entropy, false, entropy) \
    X(still_channels, true, still_channels) \
    X(dead, true, dead) \
    X(constant, true, constant) \
    X(identity, true, identity)

#define OF_RECORD(X) \
    X(stage, true, stage) \
    X(unit, true, unit) \
    X(channels, true, channels)

#define X(name, whole, member) \
    static double get_##name(const struct ses_stats *stats, size_t block) \
    { \
        return (double)stats->analysis.blocks[block].member; \
    }
OF_BLOCK(X)
#undef X
#define X(name, whole, member) \
    static double get_##name(const struct ses_stats *stats, size_t block) \
    { \
        return (double)stats->run \
            ->blocks[stats->analysis.blocks[block].block].member; \
    }
OF_RECORD(X)
#undef X

const struct ses_stats_field ses_stats_fields[] = {
#define X(name, whole, member) { #name, whole, get_##name },
    OF_RECORD(X)
    OF_BLOCK(X)
#undef X
        { NULL, false, NULL },
};
