package dev.keycloakmcp.itest.attack;

import java.util.Random;
import java.util.Set;

/**
 * Good tokens, which a request may hold beside what is wrong with it.
 *
 * @param accessToken of alice, for one server
 * @param refreshToken of alice
 * @param machineToken of the agent
 * @param administrator of somebody who may administer the realm
 */
record HostileCredentials(String accessToken, String refreshToken, String machineToken, String administrator) {

    boolean areGood(String value) {
        return Set.of(accessToken, refreshToken, machineToken).contains(value);
    }

    String accessTokenOr(Random random, String other) {
        return random.nextInt(3) == 0 ? accessToken : random.nextInt(4) == 0 ? refreshToken : other;
    }

    String refreshTokenOr(Random random, String other) {
        return random.nextInt(3) == 0 ? refreshToken : other;
    }

    String machineTokenOr(Random random, String other) {
        return random.nextInt(3) == 0 ? machineToken : other;
    }
}
